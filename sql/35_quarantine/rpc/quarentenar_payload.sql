-- Quarantines a body that is not JSON at all, or is too large, or a message that a gateway cannot read.
-- p_payload         base64 of its first 16,384 bytes
-- p_nr_tamanho      its full length in bytes
-- p_hash            SHA-256 of all of it, hexadecimal
-- p_motivo          MALFORMED or TOO_LARGE
-- p_ds_erro         what is wrong, for a person
-- The rest is what a gateway knows of a message; it is believed of service callers only:
-- p_cd_cliente, p_cd_dispositivo  of the topic
-- p_ds_topico       the topic itself, up to 1,024 bytes: adapters read by it when the payload is replayed
-- p_propriedades    user properties, up to 4,096 bytes: likewise
-- Who: callers with the permission ingest. Security definer: API roles may not write TbIngestaoErro.
-- Raises PT400, PT401, PT403, PT429.
create function public.quarentenar_payload(
  p_payload text, p_nr_tamanho bigint, p_hash text, p_motivo text, p_ds_erro text,
  p_cd_cliente integer default null, p_cd_dispositivo integer default null, p_ds_topico text default null,
  p_propriedades jsonb default null
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_device integer := case when v_caller.is_service then p_cd_dispositivo end;
  v_topic text := case when v_caller.is_service then p_ds_topico end;
  v_errors bigint[];
begin
  if not coalesce(p_motivo in ('MALFORMED', 'TOO_LARGE') and p_hash ~ '^[0-9a-f]{64}$' and p_nr_tamanho >= 0
                  and p_payload is not null, false) then
    raise sqlstate 'PT400' using message = 'Payload, length, SHA-256 and reason are required',
      hint = 'INVALID_PARAMETER';
  end if;
  v_errors := private.keep_payloads(v_caller, array(
    select private.make_quarantined_payload(
      p_client => w."cdCliente",
      p_device => v_device,
      p_is_own_device => w.is_own_device,
      p_error_code => p_motivo,
      p_error_text => left(coalesce(p_ds_erro, p_motivo), 200),
      p_hash => decode(p_hash, 'hex'),
      p_payload => b.bytes,
      p_size => greatest(p_nr_tamanho, octet_length(b.bytes)),
      p_is_replayable => v_topic is not null,
      p_topic => v_topic,
      p_properties => case when v_caller.is_service then p_propriedades end,
      p_received_at => now())
    from (select private.read_base64(p_payload) as bytes offset 0) b
    cross join private.quarantine_owner(v_caller, p_cd_cliente, v_device) w));
  return (select jsonb_build_object('cdErro', q."cdErro", 'nrOcorrencias', q."nrOcorrencias")
          from public."TbIngestaoErro" q where q."cdErro" = v_errors[1]);
end
$$;
comment on function public.quarentenar_payload is
  'Quarantines a body that could not be read, and counts it when it arrives again.';
revoke all on function public.quarentenar_payload from public;
grant execute on function public.quarentenar_payload to authenticated, service_role;
