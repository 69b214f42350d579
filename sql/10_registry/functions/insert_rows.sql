-- Inserts rows that are complete, and returns them as they are then, in their order. If p_rehearse, all of it
-- is undone and nothing is returned, but whatever PostgreSQL refuses is refused all the same.
-- Who may call it: the API roles, for criar_cadastros; row-level security decides for which clients.
-- Raises whatever the insertion raises.
create function private.insert_rows(p_kind private.entity_kind, p_rows jsonb, p_rehearse boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_rows jsonb;
begin
  if p_rows = '[]' then
    return p_rows;
  end if;
  -- keys are given in the order of the lines
  execute format($sql$
    with new as (
      insert into public.%1$I (%2$s)
      select %2$s from jsonb_populate_recordset(null::public.%1$I, $1) with ordinality f order by ordinality
      returning *
    )
    select jsonb_agg(private.describe_row(n) || $2 order by n.%3$I) from new n
    $sql$, p_kind.table_name,
    (select string_agg(distinct format('%I', k), ', ')
     from jsonb_array_elements(p_rows) l, jsonb_object_keys(l) k), p_kind.key)
  into v_rows
  using p_rows, case when p_kind.table_name = 'TbDispositivo' -- which have said nothing of themselves yet
                  then jsonb_build_object('jsMeta', null, 'dtMeta', null) else '{}' end;
  if p_rehearse then
    raise sqlstate 'RA003' using message = 'The insertion is undone';
  end if;
  return v_rows;
exception when sqlstate 'RA003' then
  return jsonb_build_array();
end
$$;
comment on function private.insert_rows is 'Inserts many complete rows, or only tries to.';
revoke all on function private.insert_rows from public;
grant execute on function private.insert_rows to authenticated, service_role;
