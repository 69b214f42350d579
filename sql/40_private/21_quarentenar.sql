-- Keeps what could not be stored: one row per caller, content and reason, counted. PT429 TOO_MANY_REQUESTS when the
-- caller's client has no room left: the request is refused as a whole, so that nothing disappears silently.

create function private.guardar_erro(p_chamador private.identidade, p_clientes integer[], p_motivo text, p_hash bytea,
                                     p_texto text, p_payload bytea, p_tamanho bigint, p_reprocessavel boolean,
                                     p_recebido timestamptz default now())
returns bigint
language sql set search_path = pg_catalog, pg_temp as $$
  insert into public."TbIngestaoErro" as q (
    "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente", "cdClientes",
    "dtPrimeira", "dtExpiracao")
  select p_chamador."dsChamador", p_motivo, p_hash, p_texto, substring(p_payload for 16384), p_tamanho,
         p_reprocessavel and p_tamanho <= 16384,
         case when p_chamador."blServico" then p_clientes[1] else p_chamador."cdCliente" end, coalesce(p_clientes, '{}'),
         p_recebido, now() + make_interval(days => conf."nrDiasErro")
  from private."TbConfiguracao" conf
  on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
    "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dtExpiracao" = excluded."dtExpiracao",
    "dsTexto" = excluded."dsTexto"
  returning q."cdErro"
$$;
comment on function private.guardar_erro(private.identidade, integer[], text, bytea, text, bytea, bigint, boolean, timestamptz) is
  'Puts one payload into quarantine, or counts it again.';
revoke all on function private.guardar_erro(private.identidade, integer[], text, bytea, text, bytea, bigint, boolean, timestamptz) from public;

-- Checked after writing, so that it counts what this request adds; raising takes that back.
create function private.exigir_vaga(p_erros bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_limite integer := (select "nrErrosCliente" from private."TbConfiguracao");
  v_cliente integer;
begin
  for v_cliente in
    select distinct q."cdCliente" from public."TbIngestaoErro" q where q."cdErro" = any (p_erros)
  loop
    if (select count(*) from (
          select from public."TbIngestaoErro" q
          where q."cdCliente" = v_cliente or q."cdCliente" is null and v_cliente is null limit v_limite + 1) n) > v_limite then
      raise sqlstate 'PT429' using hint = 'TOO_MANY_REQUESTS', detail = '3600',
        message = format('Quarantine is full: %s payloads wait. Mend their cause and replay them', v_limite);
    end if;
  end loop;
end
$$;
comment on function private.exigir_vaga(bigint[]) is 'Refuses the request when it fills the quarantine of a client.';
revoke all on function private.exigir_vaga(bigint[]) from public;

-- A caller for all clients, such as a gateway, is not charged itself: what it sends is shown and charged to the client that
-- the element names or whose device it is.
create function private.clientes_do_erro(p_chamador private.identidade, p_elemento jsonb, p_dono integer) returns integer[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when not p_chamador."blServico" then p_chamador."cdClientes"
    when private.ler_inteiro(p_elemento -> 'cdCliente') = any (p_chamador."cdClientes")
      then array[private.ler_inteiro(p_elemento -> 'cdCliente')]
    else array_remove(array[p_dono], null)
  end
$$;
comment on function private.clientes_do_erro(private.identidade, jsonb, integer) is
  'Clients whose admins see a quarantined element.';
revoke all on function private.clientes_do_erro(private.identidade, jsonb, integer) from public;

create function private.quarentenar(p_elementos private.elemento[], p_readings jsonb, p_chamador private.identidade)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from unnest(p_elementos) e where e."dsVeredito" in ('conflict', 'rejected')) then
    return;
  end if;
  perform private.exigir_vaga(array(
    select private.guardar_erro(p_chamador, private.clientes_do_erro(p_chamador, b.e, b."cdCliente"),
                                b."dsErro", b.hash, b."dsTexto", b.bytes, b.tamanho, b.inteiro, b.recebido)
    from (
      select e."cdCliente", e."dsErro", e."dsTexto", o.e, x.*,
             -- what it was stamped with, so that elements of one batch stay apart when they are replayed
             case when e."blSemTempo" then e."dtRegistro" at time zone 'UTC' else now() end as recebido
      from unnest(p_elementos) e
      cross join lateral (select p_readings -> e."nrIndice" as e offset 0) o
      cross join lateral private.bytes_do_elemento(o.e) x
      where e."dsVeredito" in ('conflict', 'rejected')
      order by x.hash, e."dsErro", e."nrIndice" -- one lock order for all callers
      offset 0
    ) b));
end
$$;
comment on function private.quarentenar(private.elemento[], jsonb, private.identidade) is
  'Quarantines the elements of a batch that were not stored.';
revoke all on function private.quarentenar(private.elemento[], jsonb, private.identidade) from public;
