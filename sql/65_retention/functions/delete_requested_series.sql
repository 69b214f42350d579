-- Maintenance step: deletes what was asked for (excluir_serie) and was too much at once, some days of one
-- device per call, the oldest first, until the rest can be deleted together. What is under a legal hold
-- waits.
-- Returns how much it did; 0 when nothing was asked for.
create function private.delete_requested_series() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_receipt public."TbReciboExclusao";
  v_sensors integer[];
  v_packed bigint[];
  v_day timestamp;
  v_rows bigint := 0;
begin
  perform from private."TbRollupMarca" for update; -- no hold and no rollup changes meanwhile
  select e.* into v_receipt from public."TbReciboExclusao" e
  where e."dtFim" is null and e."cdDispositivo" is not null
    and not private.is_series_held(e."cdDispositivo")
  order by e."dtPedido" limit 1 for update skip locked;
  if v_receipt."cdExclusao" is null then
    return 0;
  end if;
  v_sensors := array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s
    where s."cdDispositivo" = v_receipt."cdDispositivo");
  v_packed := array(
    select c."cdPacote" from series."TbRollupFrio" c
    where c."cdSensor" = any (v_sensors) and not c."blDanificado"
      and c."cdSensor" <> all (private.shared_sensors(v_receipt."cdDispositivo"))
    order by c."cdSensor", c."dtInicio" limit 40);
  if v_packed <> '{}' then
    perform private.mark_damaged('TbRollupFrio', v_packed);
    perform private.unpack_buckets(v_packed); -- they are deleted, and counted, with the others
    return cardinality(v_packed);
  end if;
  if private.finish_series_deletion(v_receipt."cdExclusao", v_receipt."cdDispositivo") then
    return 1;
  end if;
  while v_rows < 50000 loop
    v_day := private.first_day_of_series(v_receipt."cdDispositivo", v_sensors);
    exit when v_day is null;
    v_rows := v_rows + private.delete_raw_series(v_receipt."cdExclusao", v_receipt."cdDispositivo", v_sensors,
      v_day + interval '1 day');
  end loop;
  return v_rows;
end
$$;
comment on function private.delete_requested_series is
  'Maintenance step: deletes the series of devices that deletion was asked for.';
revoke all on function private.delete_requested_series from public;
