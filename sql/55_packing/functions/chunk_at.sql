-- Where the chunk begins that has the value of a key, if it is packed.
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.chunk_at(p_sensor integer, p_time timestamp, p_client integer)
returns table ("dtPrimeiro" timestamp)
language sql stable
begin atomic
  select c."dtPrimeiro" from series."TbSensorRegistroFrio" c
  where c."cdSensor" = p_sensor and c."cdCliente" = p_client
    and c."dtPrimeiro" >= date_trunc('month', p_time) and c."dtPrimeiro" <= p_time
  order by c."dtPrimeiro" desc limit 1;
end;
comment on function private.chunk_at is 'Where the chunk of a sensor, time and client begins.';
revoke all on function private.chunk_at from public;
grant execute on function private.chunk_at to authenticated, service_role;
