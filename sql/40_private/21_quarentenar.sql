-- Keeps what could not be stored: one row per caller, content and reason, counted. PT429 TOO_MANY_REQUESTS when the
-- caller's client has no room left: the request is refused as a whole, so that nothing disappears silently.

create function private.guardar_erro(p_chamador private.identidade, p_clientes integer[], p_motivo text, p_hash bytea,
                                     p_texto text, p_payload bytea, p_tamanho bigint, p_reprocessavel boolean)
returns bigint
language sql set search_path = '' as $$
  insert into public."TbIngestaoErro" as q (
    "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente", "cdClientes",
    "dtExpiracao")
  select p_chamador."dsChamador", p_motivo, p_hash, p_texto, substring(p_payload for 16384), p_tamanho,
         p_reprocessavel and p_tamanho <= 16384, p_chamador."cdCliente", coalesce(p_clientes, '{}'),
         now() + make_interval(days => conf."nrDiasErro")
  from private."TbConfiguracao" conf
  on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
    "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dtExpiracao" = excluded."dtExpiracao",
    "dsTexto" = excluded."dsTexto"
  returning q."cdErro"
$$;
comment on function private.guardar_erro(private.identidade, integer[], text, bytea, text, bytea, bigint, boolean) is
  'Puts one payload into quarantine, or counts it again.';
revoke all on function private.guardar_erro(private.identidade, integer[], text, bytea, text, bytea, bigint, boolean) from public;

create function private.exigir_vaga(p_chamador private.identidade) returns void
language plpgsql set search_path = '' as $$
declare
  v_limite integer := (select "nrErrosCliente" from private."TbConfiguracao");
begin
  if (select count(*) from (
        select from public."TbIngestaoErro" q
        where q."cdCliente" is not distinct from p_chamador."cdCliente" limit v_limite + 1) n) > v_limite then
    raise sqlstate 'PT429' using hint = 'TOO_MANY_REQUESTS', detail = '3600',
      message = format('Quarantine is full: %s payloads wait. Mend their cause and replay or delete them', v_limite);
  end if;
end
$$;
comment on function private.exigir_vaga(private.identidade) is 'Refuses the request when the quarantine of the caller''s client is full.';
revoke all on function private.exigir_vaga(private.identidade) from public;

-- The service sends for many clients: what it sent is shown to the client that the element is about, if that is known.
create function private.quarentenar(p_elementos private.elemento[], p_readings jsonb, p_chamador private.identidade)
returns void
language plpgsql set search_path = '' as $$
begin
  if not exists (select from unnest(p_elementos) e where e."dsVeredito" in ('conflict', 'rejected')) then
    return;
  end if;
  perform private.guardar_erro(
    p_chamador,
    case when not p_chamador."blServico" then p_chamador."cdClientes"
         else array_remove(array[coalesce(private.ler_inteiro(b.e -> 'cdCliente'), b."cdCliente")], null) end,
    b."dsErro", b.hash, b."dsTexto", b.bytes, b.tamanho, b.inteiro)
  from (
    select e."cdCliente", e."dsErro", e."dsTexto", o.e, x.*
    from unnest(p_elementos) e
    cross join lateral (select p_readings -> e."nrIndice" as e offset 0) o
    cross join lateral private.bytes_do_elemento(o.e) x
    where e."dsVeredito" in ('conflict', 'rejected')
    order by x.hash, e."dsErro", e."nrIndice" -- one lock order for all callers
    offset 0
  ) b;
  perform private.exigir_vaga(p_chamador);
end
$$;
comment on function private.quarentenar(private.elemento[], jsonb, private.identidade) is
  'Quarantines the elements of a batch that were not stored.';
revoke all on function private.quarentenar(private.elemento[], jsonb, private.identidade) from public;
