-- Quarantined payloads, newest first: {data, nextCursor}.
-- p_ds_motivo, p_cd_dispositivo  only those with this reason, of this device
-- p_cd_erro   only this one
-- p_cursor    nextCursor of the previous page
-- p_so_topico only whole messages of a gateway that could not be read: what reprocessar_payload is for
-- dsPayload is null where the bytes are not UTF-8; dsPayloadBase64 always has them.
-- Who: admins, of the clients they manage. Security definer: only the service is told FORBIDDEN_DEVICE, from
-- a table that API roles may not read.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.get_erros_ingestao(
  p_ds_motivo text default null, p_cd_erro bigint default null, p_page_size integer default 50,
  p_cursor bigint default null, p_cd_dispositivo integer default null, p_so_topico boolean default false
) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_errors bigint[];
begin
  perform private.require_page(p_page_size);
  perform private.require_short(p_ds_motivo);
  v_errors := array(
    select m."cdErro"
    from private.managed_errors(
      v_caller, case when p_cd_erro is not null then array[p_cd_erro] end, p_ds_motivo, p_cd_dispositivo) m
    where (p_cursor is null or m."cdErro" < p_cursor)
      and not (p_so_topico and (m."dsTopico" is null or not m."blReprocessavel"))
    order by m."cdErro" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (
      select coalesce(jsonb_agg(private.describe_error(q, m.is_foreign) order by q."cdErro" desc), '[]')
      from private.managed_errors(v_caller, v_errors[:p_page_size], null, null) m
      join public."TbIngestaoErro" q on q."cdErro" = m."cdErro"),
    'nextCursor', case when cardinality(v_errors) > p_page_size then v_errors[p_page_size] end);
end
$$;
comment on function public.get_erros_ingestao is 'Quarantined payloads in pages, newest first.';
revoke all on function public.get_erros_ingestao from public;
grant execute on function public.get_erros_ingestao to authenticated, service_role;
