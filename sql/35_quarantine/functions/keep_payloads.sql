-- Keeps what could not be stored, in one set: one row per client, device, content, reason and caller, with a
-- count.
-- Callers wait for each other only over the same content of the same caller, in one order. A row never moves
-- to another client. Then room is made (private.trim_quarantine), which waits for nobody.
-- Returns their codes. Called by every function that quarantines, last of what it writes.
create function private.keep_payloads(p_caller private.identity, p_payloads private.quarantined_payload[])
returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_errors bigint[];
  v_expires_at timestamptz :=
    (select now() + make_interval(days => config."nrDiasErro") from private."TbConfiguracao" config);
begin
  with payloads as (
    select distinct on (p."dsHash", p."dsMotivo", p."cdCliente", p."cdDispositivo") p.*,
           count(*) over same as times, min(p.received_at) over same as first_at
    from unnest(p_payloads) p
    window same as (partition by p."dsHash", p."dsMotivo", p."cdCliente", p."cdDispositivo")
    order by p."dsHash", p."dsMotivo", p."cdCliente", p."cdDispositivo" -- one lock order for all callers
  ), kept as (
    insert into public."TbIngestaoErro" as q (
      "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente",
      "cdDispositivo", "blDispositivo", "dsTopico", "dsPropriedades", "nrOcorrencias", "dtPrimeira",
      "dtExpiracao")
    select p_caller."dsChamador", private.public_reason(p."dsMotivo"), p."dsHash", p."dsTexto", p."dsPayload",
           p."nrTamanho", p.is_replayable, p."cdCliente", p."cdDispositivo", p.is_own_device, p."dsTopico",
           p."dsPropriedades", p.times, p.first_at, v_expires_at
    from payloads p
    on conflict ("dsHash", "dsMotivo", "dsChamador", "cdCliente", "cdDispositivo") do update set
      "nrOcorrencias" = q."nrOcorrencias" + excluded."nrOcorrencias", "dtUltima" = clock_timestamp(),
      "dtExpiracao" = excluded."dtExpiracao", "dsTexto" = excluded."dsTexto"
    returning q."cdErro", q."dsHash", q."dsMotivo"
  ), marked as (
    insert into private."TbErroAlheio" ("cdErro")
    select k."cdErro"
    from payloads p
    join kept k on k."dsHash" = p."dsHash" and k."dsMotivo" = 'UNKNOWN_DEVICE'
    where p."dsMotivo" = 'FORBIDDEN_DEVICE'
    on conflict ("cdErro") do nothing
  )
  select array_agg(k."cdErro") into v_errors from kept k;
  perform private.trim_quarantine(w.client)
  from (select distinct p."cdCliente" as client from unnest(p_payloads) p) w;
  return v_errors;
end
$$;
comment on function private.keep_payloads is 'Puts payloads into quarantine, or counts them again.';
revoke all on function private.keep_payloads from public;
