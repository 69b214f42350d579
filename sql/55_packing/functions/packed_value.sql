-- The packed value that has this key, if there is one. Of its chunk, the times near this one are looked at,
-- and of the other columns one element each.
-- Called by what judges readings; a damaged chunk that is marked has no values.
create function private.packed_value(p_sensor integer, p_time timestamp, p_client integer)
returns setof series."TbSensorRegistro"
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select p_time, private.number_at(c."pcValor", n), private.integer_at(c."pcPosicao", n), p_sensor,
         private.integer_at(c."pcDispositivo", n)::integer, p_client,
         private.integer_at(c."pcProdutoItem", n)::integer, private.integer_at(c."pcQualidade", n)::smallint,
         c."arBooleano"[n + 1], c."arTexto"[n + 1]
  from series."TbSensorRegistroFrio" c
  cross join lateral unnest(private.find_times(
    c."pcRegistro", c."nrQtd", round(date_part('epoch', p_time - c."dtPrimeiro") * 1000000)::bigint)) n
  where c."cdSensor" = p_sensor and c."cdCliente" = p_client and not c."blDanificado"
    and c."dtPrimeiro" between date_trunc('month', p_time) and p_time and c."dtUltimo" >= p_time;
end;
comment on function private.packed_value is 'The packed value of a sensor, time and client.';
revoke all on function private.packed_value from public;
grant execute on function private.packed_value to authenticated, service_role;
