-- Keeps what could not be stored: one row per caller, content and reason, counted. The caller then checks
-- that the client has room left (private.require_quarantine_room).
create function private.quarantine_payload(
  p_caller private.identity, p_clients integer[], p_reason text, p_hash bytea, p_text text,
  p_payload bytea, p_size bigint, p_replayable boolean, p_received_at timestamptz default now()
) returns bigint
language sql set search_path = pg_catalog, pg_temp as $$
  insert into public."TbIngestaoErro" as q (
    "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
    "cdCliente", "cdClientes", "dtPrimeira", "dtExpiracao")
  select p_caller."dsChamador", p_reason, p_hash, p_text, substring(p_payload for 16384), p_size,
         p_replayable and p_size <= 16384,
         case when p_caller.is_service then p_clients[1] else p_caller."cdCliente" end,
         coalesce(p_clients, '{}'), p_received_at, now() + make_interval(days => config."nrDiasErro")
  from private."TbConfiguracao" config
  on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
    "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(),
    "dtExpiracao" = excluded."dtExpiracao", "dsTexto" = excluded."dsTexto"
  returning q."cdErro"
$$;
comment on function private.quarantine_payload is
  'Puts one payload into quarantine, or counts it again.';
revoke all on function private.quarantine_payload from public;
