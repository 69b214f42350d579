-- The devices and sensors of a client that are under no legal hold, and how many of them one stands for: more
-- than one where their days before p_until are too many. Part of private.preview_retention.
create function private.previewed_sensors(p_client integer, p_until timestamp,
  out devices integer[], out sensors integer[], out step integer)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_days double precision := extract(epoch from p_until - greatest(private.series_start(), (
    select min(least(f."dtBruto", f."dt1m", f."dt5m")) from private."TbRetencaoPiso" f
    where f."cdCliente" = p_client))) / 86400;
begin
  devices := array(
    select distinct v."cdDispositivo" from public."TbDispositivoVinculo" v
    where v."cdCliente" = p_client and not private.is_held(p_client, v."cdDispositivo") order by 1);
  select array_agg(distinct s."cdSensor") into sensors
  from public."TbSensorVinculo" s
  where s."cdDispositivo" = any (devices) and not exists (
    select from public."TbSensorVinculo" o join public."TbGuardaLegal" g using ("cdDispositivo")
    where o."cdSensor" = s."cdSensor" and g."cdCliente" = p_client);
  step := greatest(1, ceil(cardinality(sensors) * v_days / 300000)::integer);
  if step > 1 then
    devices := array(select d from unnest(devices) with ordinality o(d, n) where o.n % step = 0);
    sensors := array(select s from unnest(sensors) with ordinality o(s, n) where o.n % step = 0);
  end if;
end
$$;
comment on function private.previewed_sensors is
  'Devices and sensors that a dry run of retention counts, and how many one stands for.';
revoke all on function private.previewed_sensors from public;
