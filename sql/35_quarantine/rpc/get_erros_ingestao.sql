-- Quarantined payloads, newest first: {data, nextCursor}.
-- p_cd_erro  only this one
-- p_cursor   nextCursor of the previous page
-- dsPayload is null where the bytes are not UTF-8; dsPayloadBase64 always has them.
-- Who: callers with the permission admin; row-level security decides which rows. Raises PT400
-- INVALID_PARAMETER.
create function public.get_erros_ingestao(
  p_ds_motivo text default null, p_cd_erro bigint default null, p_page_size integer default 50,
  p_cursor bigint default null
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_page public."TbIngestaoErro"[];
begin
  perform private.require_permission('admin');
  perform private.require_page(p_page_size);
  v_page := array(
    select q from public."TbIngestaoErro" q
    where (p_ds_motivo is null or q."dsMotivo" = p_ds_motivo)
      and (p_cd_erro is null or q."cdErro" = p_cd_erro)
      and (p_cursor is null or q."cdErro" < p_cursor)
    order by q."cdErro" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (select coalesce(jsonb_agg(private.describe_error(q) order by q."cdErro" desc), '[]')
             from unnest(v_page[:p_page_size]) q),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdErro" end);
end
$$;
comment on function public.get_erros_ingestao is 'Quarantined payloads in pages, newest first.';
revoke all on function public.get_erros_ingestao from public;
grant execute on function public.get_erros_ingestao to authenticated, service_role;
