-- The latest answer to a command is kept; of an event, which has no number, the first of its time and type. Another one of
-- the same time and type is a conflict: it is quarantined, not dropped.
-- p_replace   an answer takes the place of an earlier one; not when it is replayed: that one may be newer
create function private.store_messages(p_messages private.device_message[], p_replace boolean default true) returns private.device_message[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbComandoAck" as k ("cdDispositivo", "cdComando", "cdCliente", "blOk", "dtExecucao", "dsPayload")
  select distinct on (m."cdDispositivo", m."dsChave")
         m."cdDispositivo", m."dsChave", m."cdCliente", m."blOk", m.device_time at time zone 'UTC', m."dsPayload"
  from unnest(p_messages) m
  where m."dsTipo" = 'ack' and m."dsErro" is null
  order by m."cdDispositivo", m."dsChave", m.batch_index desc -- one lock order for all callers
  on conflict ("cdDispositivo", "cdComando") do update set
    "cdCliente" = excluded."cdCliente", "blOk" = excluded."blOk", "dtExecucao" = excluded."dtExecucao",
    "dsPayload" = excluded."dsPayload", "dtAlteracao" = clock_timestamp()
  where p_replace;
  insert into public."TbEventoDispositivo" ("cdDispositivo", "cdCliente", "dtRegistro", "dsTipo", "dsPayload")
  select distinct on (m."cdDispositivo", m.device_time, m."dsChave")
         m."cdDispositivo", m."cdCliente", m.device_time, m."dsChave", m."dsPayload"
  from unnest(p_messages) m
  where m."dsTipo" = 'event' and m."dsErro" is null
  order by m."cdDispositivo", m.device_time, m."dsChave", m.batch_index
  on conflict ("cdDispositivo", "dtRegistro", "dsTipo") do nothing;
  return array(
    select case when e."dsPayload" <> m."dsPayload"
      then row(m.batch_index, m."dsTipo", m."cdDispositivo", m."cdCliente", m.device_time, m."dsChave", m."blOk", m."dsPayload",
               'conflict', 'CONFLICT', 'Another event of this type and time is stored')::private.device_message
      else m end
    from unnest(p_messages) m
    left join public."TbEventoDispositivo" e on m."dsTipo" = 'event' and m."dsErro" is null
      and e."cdDispositivo" = m."cdDispositivo" and e."dtRegistro" = m.device_time and e."dsTipo" = m."dsChave"
    order by m.batch_index);
end
$$;
comment on function private.store_messages is 'Stores acknowledgements and events; tells which of them contradict what is stored.';
revoke all on function private.store_messages from public;
