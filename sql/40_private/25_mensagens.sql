-- What devices say besides readings: answers to commands and events.

-- Devices are looked up as those of readings are, with the same words for the same faults.
create function private.ler_mensagens(p_mensagens jsonb, p_clientes integer[]) returns private.mensagem[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select row((o.n - 1)::integer, c.tipo, d."cdDispositivo", d."cdCliente", v.instante, v.chave, c.ok = 'true', c.payload,
               case when erro.texto is null then 'stored' else 'rejected' end,
               substring(erro.texto from '^\S+'), substring(erro.texto from '^\S+ (.*)$'))::private.mensagem
    from jsonb_array_elements(p_mensagens) with ordinality as o(e, n)
    cross join lateral (
      select o.e ->> 'tipo' as tipo, o.e -> 'dsPayload' as payload, nullif(o.e -> 'cdCliente', 'null') as cliente,
             nullif(o.e #> '{dsPayload,ok}', 'null') as ok,
             case o.e ->> 'tipo' when 'ack' then o.e #> '{dsPayload,cmd_id}' else o.e #> '{dsPayload,event_type}' end as chave,
             nullif(case o.e ->> 'tipo' when 'ack' then o.e #> '{dsPayload,ts_exec}' else o.e #> '{dsPayload,ts}' end, 'null') as instante
      offset 0
    ) c
    cross join lateral (
      select case when jsonb_typeof(c.chave) = 'string' and length(c.chave #>> '{}') between 1 and 200 then c.chave #>> '{}' end as chave,
             case when jsonb_typeof(c.instante) = 'string' then private.ler_instante(c.instante #>> '{}') end as instante
      offset 0
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = private.ler_inteiro(o.e -> 'cdDispositivo')
    left join public."TbCliente" dono on dono."cdCliente" = d."cdCliente"
    cross join lateral (
      select case
        when not coalesce(c.tipo in ('ack', 'event'), false) then 'MALFORMED tipo is ack or event'
        when jsonb_typeof(c.payload) is distinct from 'object' or c.payload ->> 'schema' is distinct from 'v1'
          then 'MALFORMED The message must be an object of schema v1'
        when v.chave is null and c.tipo = 'ack' then 'MALFORMED cmd_id must be a text of 1 to 200 characters'
        when v.chave is null then 'MALFORMED event_type must be a text of 1 to 200 characters'
        when c.tipo = 'ack' and jsonb_typeof(c.ok) is distinct from 'boolean' then 'MALFORMED ok must be true or false'
        when d."cdCliente" is null
          then format('UNKNOWN_DEVICE Device %s is not known', left(coalesce(o.e ->> 'cdDispositivo', 'null'), 40))
        when not d."cdCliente" = any (p_clientes)
          or not (c.cliente is null or coalesce(private.ler_inteiro(c.cliente) in (d."cdCliente", dono."cdClientePai"), false))
          then format('FORBIDDEN_DEVICE Device %s is not known', d."cdDispositivo")
        when v.instante is null and (c.instante is not null or c.tipo = 'event')
          then format('INVALID_TIMESTAMP %s is no ISO 8601 instant', left(coalesce(c.instante::text, 'null'), 40))
      end as texto
      offset 0
    ) erro
    order by o.n);
end
$$;
comment on function private.ler_mensagens(jsonb, integer[]) is 'Acknowledgements and events, typed and checked; a fault becomes a verdict.';
revoke all on function private.ler_mensagens(jsonb, integer[]) from public;

-- The latest answer to a command is kept; of an event, which has no number, the first of its time and type. Another one of
-- the same time and type is a conflict: it is quarantined, not dropped.
-- p_substituir   an answer takes the place of an earlier one; not when it is replayed: that one may be newer
create function private.gravar_mensagens(p_mensagens private.mensagem[], p_substituir boolean default true) returns private.mensagem[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbComandoAck" as k ("cdDispositivo", "cdComando", "cdCliente", "blOk", "dtExecucao", "dsPayload")
  select distinct on (m."cdDispositivo", m."dsChave")
         m."cdDispositivo", m."dsChave", m."cdCliente", m."blOk", m."dtInstante" at time zone 'UTC', m."dsPayload"
  from unnest(p_mensagens) m
  where m."dsTipo" = 'ack' and m."dsErro" is null
  order by m."cdDispositivo", m."dsChave", m."nrIndice" desc -- one lock order for all callers
  on conflict ("cdDispositivo", "cdComando") do update set
    "cdCliente" = excluded."cdCliente", "blOk" = excluded."blOk", "dtExecucao" = excluded."dtExecucao",
    "dsPayload" = excluded."dsPayload", "dtAlteracao" = clock_timestamp()
  where p_substituir;
  insert into public."TbEventoDispositivo" ("cdDispositivo", "cdCliente", "dtRegistro", "dsTipo", "dsPayload")
  select distinct on (m."cdDispositivo", m."dtInstante", m."dsChave")
         m."cdDispositivo", m."cdCliente", m."dtInstante", m."dsChave", m."dsPayload"
  from unnest(p_mensagens) m
  where m."dsTipo" = 'event' and m."dsErro" is null
  order by m."cdDispositivo", m."dtInstante", m."dsChave", m."nrIndice"
  on conflict ("cdDispositivo", "dtRegistro", "dsTipo") do nothing;
  return array(
    select case when e."dsPayload" <> m."dsPayload"
      then row(m."nrIndice", m."dsTipo", m."cdDispositivo", m."cdCliente", m."dtInstante", m."dsChave", m."blOk", m."dsPayload",
               'conflict', 'CONFLICT', 'Another event of this type and time is stored')::private.mensagem
      else m end
    from unnest(p_mensagens) m
    left join public."TbEventoDispositivo" e on m."dsTipo" = 'event' and m."dsErro" is null
      and e."cdDispositivo" = m."cdDispositivo" and e."dtRegistro" = m."dtInstante" and e."dsTipo" = m."dsChave"
    order by m."nrIndice");
end
$$;
comment on function private.gravar_mensagens(private.mensagem[], boolean) is 'Stores acknowledgements and events; tells which of them contradict what is stored.';
revoke all on function private.gravar_mensagens(private.mensagem[], boolean) from public;

-- Verdicts of messages as those of elements, for whoever only counts them.
create function private.como_elementos(p_mensagens private.mensagem[]) returns private.elemento[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(
    select jsonb_populate_record(null::private.elemento, jsonb_build_object(
      'nrIndice', m."nrIndice", 'dsVeredito', m."dsVeredito", 'dsErro', m."dsErro", 'dsTexto', m."dsTexto", 'blSemTempo', false))
    from unnest(p_mensagens) m order by m."nrIndice")
$$;
comment on function private.como_elementos(private.mensagem[]) is 'Verdicts of messages as elements.';
revoke all on function private.como_elementos(private.mensagem[]) from public;

create function private.quarentenar_mensagens(p_mensagens private.mensagem[], p_originais jsonb, p_chamador private.identidade) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir_vaga(array(
    select private.guardar_erro(p_chamador, private.clientes_do_erro(p_chamador, b.e, b."cdCliente"), b."dsErro", b.hash,
                                b."dsTexto", b.bytes, b.tamanho, b.inteiro)
    from (
      select m."cdCliente", m."dsErro", m."dsTexto", o.e, x.*
      from unnest(p_mensagens) m
      cross join lateral (select p_originais -> m."nrIndice" as e offset 0) o
      cross join lateral private.bytes_do_elemento(o.e) x
      where m."dsErro" is not null
      order by x.hash, m."dsErro", m."nrIndice" -- one lock order for all callers
      offset 0
    ) b));
end
$$;
comment on function private.quarentenar_mensagens(private.mensagem[], jsonb, private.identidade) is
  'Quarantines acknowledgements and events that were not stored.';
revoke all on function private.quarentenar_mensagens(private.mensagem[], jsonb, private.identidade) from public;
