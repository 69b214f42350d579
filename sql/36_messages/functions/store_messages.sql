-- The latest answer to a command is kept. Of an event, which has no number, the first of its time and type is
-- kept; another one of the same time and type is a conflict: it is quarantined, not dropped. The order of the
-- messages stays. The owner at receipt is part of both keys, as it is of the time series: the new owner of a
-- device neither meets nor replaces what it sent for a former one.
-- p_replace  an answer replaces an earlier one; not on a replay, as the stored one may be newer
-- Called by public.insert_device_messages and public.reprocessar_erros.
create function private.store_messages(p_messages private.device_message[], p_replace boolean default true)
returns private.device_message[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_messages private.device_message[] := p_messages;
  v_place bigint;
begin
  insert into public."TbComandoAck" as k (
    "cdDispositivo", "cdComando", "cdCliente", "blOk", "dtExecucao", "dsPayload")
  select distinct on (m."cdDispositivo", m."dsChave", m."cdCliente")
         m."cdDispositivo", m."dsChave", m."cdCliente", m."blOk", m.device_time at time zone 'UTC',
         m."dsPayload"
  from unnest(p_messages) m
  where m."dsTipo" = 'ack' and m."dsErro" is null
  order by m."cdDispositivo", m."dsChave", m."cdCliente", m.batch_index desc -- one lock order for all callers
  on conflict ("cdDispositivo", "cdComando", "cdCliente") do update set
    "blOk" = excluded."blOk", "dtExecucao" = excluded."dtExecucao",
    "dsPayload" = excluded."dsPayload", "dtAlteracao" = clock_timestamp()
  where p_replace;

  insert into public."TbEventoDispositivo" ("cdDispositivo", "cdCliente", "dtRegistro", "dsTipo", "dsPayload")
  select distinct on (m."cdDispositivo", m.device_time, m."dsChave", m."cdCliente")
         m."cdDispositivo", m."cdCliente", m.device_time, m."dsChave", m."dsPayload"
  from unnest(p_messages) m
  where m."dsTipo" = 'event' and m."dsErro" is null
  order by m."cdDispositivo", m.device_time, m."dsChave", m."cdCliente", m.batch_index
  on conflict ("cdDispositivo", "dtRegistro", "dsTipo", "cdCliente") do nothing;

  for v_place in
    select m.ordinality
    from unnest(p_messages) with ordinality m
    join public."TbEventoDispositivo" e
      on e."cdDispositivo" = m."cdDispositivo" and e."dtRegistro" = m.device_time and e."dsTipo" = m."dsChave"
      and e."cdCliente" = m."cdCliente"
    where m."dsTipo" = 'event' and m."dsErro" is null and e."dsPayload" <> m."dsPayload"
  loop
    v_messages[v_place].verdict := 'conflict';
    v_messages[v_place]."dsErro" := 'CONFLICT';
    v_messages[v_place]."dsTexto" := 'Another event of this type and time is stored';
  end loop;
  return v_messages;
end
$$;
comment on function private.store_messages is
  'Stores acknowledgements and events; those that contradict a stored one become conflicts.';
revoke all on function private.store_messages from public;
