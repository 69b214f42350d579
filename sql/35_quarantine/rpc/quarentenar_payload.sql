-- Quarantines a body that is not JSON at all, or is too large.
-- p_payload     base64 of its first 16,384 bytes
-- p_nr_tamanho  its full length in bytes
-- p_hash        SHA-256 of all of it, hexadecimal
-- p_motivo      MALFORMED or TOO_LARGE
-- p_ds_erro     what is wrong, for a person
-- Who: callers with the permission ingest. Security definer: API roles may not write TbIngestaoErro.
-- Raises PT400, PT401, PT403, PT429.
create function public.quarentenar_payload(
  p_payload text, p_nr_tamanho bigint, p_hash text, p_motivo text, p_ds_erro text
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_error bigint;
begin
  if not coalesce(p_motivo in ('MALFORMED', 'TOO_LARGE') and p_hash ~ '^[0-9a-f]{64}$' and p_nr_tamanho >= 0
                  and p_payload is not null, false) then
    raise sqlstate 'PT400' using message = 'Payload, length, SHA-256 and reason are required',
      hint = 'INVALID_PARAMETER';
  end if;
  v_error := private.quarantine_payload(
    v_caller, case when not v_caller.is_service then v_caller."cdClientes" end, p_motivo,
    decode(p_hash, 'hex'), left(coalesce(p_ds_erro, p_motivo), 200), private.read_base64(p_payload),
    p_nr_tamanho, false);
  perform private.require_quarantine_room(array[v_error]);
  return (select jsonb_build_object('cdErro', q."cdErro", 'nrOcorrencias', q."nrOcorrencias")
          from public."TbIngestaoErro" q where q."cdErro" = v_error);
end
$$;
comment on function public.quarentenar_payload is
  'Quarantines a body that could not be read, and counts it when it arrives again.';
revoke all on function public.quarentenar_payload from public;
grant execute on function public.quarentenar_payload to authenticated, service_role;
