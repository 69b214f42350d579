-- Stores one reading; a special case of insert_device_readings, with the same rules, permissions and errors.
-- p_sensor_readings  [{cdSensor | dsPonto, nrValor | blValor | dsValor, cdProdutoItem?, nrQualidade?,
--                      dsUnidade?}]
-- p_meta             what the device says of itself, such as rssi and fw
create function public.insert_device_reading(
  p_cd_dispositivo integer, p_nr_bat double precision default null, p_nr_seq bigint default null,
  p_dt_registro timestamptz default null, p_latitude double precision default null,
  p_longitude double precision default null, p_sensor_readings jsonb default null,
  p_nr_precisao double precision default null, p_meta jsonb default null
) returns json
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select (r -> 'results' -> 0)::json
  from public.insert_device_readings(jsonb_build_array(jsonb_build_object(
    'cdDispositivo', p_cd_dispositivo, 'nrBat', p_nr_bat, 'nrSeq', p_nr_seq,
    'dtRegistro', case
      -- years that ISO 8601 has; of others to_char leaves out that they are before Christ
      when p_dt_registro >= '0001-01-01Z' and p_dt_registro < '10000-01-01Z'
      then to_char(p_dt_registro at time zone 'UTC', 'FXYYYY-MM-DD"T"HH24:MI:SS.US')
      else p_dt_registro::text
    end,
    'latitude', p_latitude, 'longitude', p_longitude,
    'nrPrecisao', p_nr_precisao, 'sensores', p_sensor_readings, 'meta', p_meta))) r
$$;
comment on function public.insert_device_reading is
  'Stores one device reading exactly once and answers with its verdict.';
revoke all on function public.insert_device_reading from public;
grant execute on function public.insert_device_reading to authenticated, service_role;
