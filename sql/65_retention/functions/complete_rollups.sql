-- Makes the finer rollups that hours do not have yet (nrFino), before their values are deleted: retention
-- never changes the result of a rollup. Part of private.delete_raw_day.
create function private.complete_rollups(p_client integer, p_sensors integer[], p_since timestamp,
  p_until timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform private.unpack_rollups(array_agg(s), array_agg(d))
  from unnest(p_sensors) s cross join generate_series(p_since, p_until - interval '1 hour', '1 day') d;
  insert into series."TbSensorRegistro1m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_trunc('minute', r."dtRegistro"), sum(private.summable(r."nrValor")),
         min(r."nrValor"), max(r."nrValor"), count(*), h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from series."TbSensorRegistro1h" h
  join lateral private.values_between(h."cdSensor", h."dtBucket", h."dtBucket" + interval '1 hour') r
    on r."cdCliente" = h."cdCliente"
    and r."cdProdutoItem" is not distinct from h."cdProdutoItem" and r."nrValor" is not null
    and r."nrQualidade" < 2
  where h."cdSensor" = any (p_sensors) and h."cdCliente" = p_client
    and h."dtBucket" >= p_since and h."dtBucket" < p_until
    and h."nrFino" > 1
  group by 1, 6, 7, 8;

  insert into series."TbSensorRegistro5m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_bin('5 minutes', b."dtBucket", timestamp '2000-01-01'), sum(b."nrSoma"),
         min(b."nrMin"), max(b."nrMax"), sum(b."nrQtd"), h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from series."TbSensorRegistro1h" h
  join series."TbSensorRegistro1m" b on b."cdSensor" = h."cdSensor" and b."dtBucket" >= h."dtBucket"
    and b."dtBucket" < h."dtBucket" + interval '1 hour' and b."cdCliente" = h."cdCliente"
    and b."cdProdutoItem" is not distinct from h."cdProdutoItem"
  where h."cdSensor" = any (p_sensors) and h."cdCliente" = p_client
    and h."dtBucket" >= p_since and h."dtBucket" < p_until
    and h."nrFino" = 60
  group by 1, 6, 7, 8;

  update series."TbSensorRegistro1h" h set "nrFino" = 1
  where h."cdSensor" = any (p_sensors) and h."cdCliente" = p_client
    and h."dtBucket" >= p_since and h."dtBucket" < p_until
    and h."nrFino" > 1;
end
$$;
comment on function private.complete_rollups is
  'Makes the finer rollups that hours of a client do not have yet.';
revoke all on function private.complete_rollups from public;
