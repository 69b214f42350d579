-- Everything that is wrong with many new rows, each error with its row (from 0) and column.
-- Who may call it: the API roles, for criar_cadastros.
-- Security definer: codes are looked up among rows that the caller may not read.
create function private.row_errors(p_rows jsonb) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(to_jsonb(e) order by e.linha, e.coluna), '[]')
  from (
    select * from private.reference_errors(p_rows)
    union all
    select * from private.point_errors(p_rows)
  ) e
$$;
comment on function private.row_errors is 'Everything that is wrong with new rows: [{linha, coluna, texto}].';
revoke all on function private.row_errors from public;
grant execute on function private.row_errors to authenticated, service_role;
