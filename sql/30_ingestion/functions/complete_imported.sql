-- Imported readings as those of insert_device_readings. Two things that tables of history have are looked up:
--   {cdTipoSensor, nrValor, …} of a value   the sensor, if the device has one of this type only
--   nrBatPercentual                         nrBat in the unit of the device; percentages are those of 3.7 V
-- A reading whose sensors are ambiguous becomes one that is rejected (private.is_wrapped_payload).
-- Called by public.importar_historico, only for batches that have one of the two.
create function private.complete_imported(p_readings jsonb, p_clients integer[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(case
      when d."cdDispositivo" is null then o.e
      when v.unclear is not null then jsonb_build_object(
        '$payload', '', '$tamanho', 0, '$hash', repeat('0', 64), '$error_code', 'MALFORMED',
        '$error', v.unclear)
      else o.e - 'nrBatPercentual'
        || case when v.known is null then '{}' else jsonb_build_object('sensores', v.known) end
        || case when f.has_percentage then jsonb_build_object('nrBat', case
             when private.read_double(o.e -> 'nrBatPercentual') is null or d."cdUnidadeBat" = '%'
               then o.e -> 'nrBatPercentual'
             else to_jsonb((o.e -> 'nrBatPercentual')::numeric
                           * case d."cdUnidadeBat" when 'mV' then 37 else 0.037 end) end)
             else '{}' end
    end order by o.n), '[]')
  from jsonb_array_elements(p_readings) with ordinality as o(e, n)
  cross join lateral ( -- looked at once, not for each device
    select case when jsonb_typeof(o.e) = 'object' then private.read_integer(o.e -> 'cdDispositivo') end
             as device,
           o.e ? 'nrBatPercentual' as has_percentage, o.e @? '$.sensores[*].cdTipoSensor' as has_type
    offset 0
  ) f
  left join lateral (
    select t."cdDispositivo", t."cdUnidadeBat" from public."TbDispositivo" t
    where (f.has_percentage or f.has_type)
      and t."cdDispositivo" = f.device and t."cdCliente" = any (p_clients)
    offset 0
  ) d on true
  left join lateral (
    select jsonb_agg(case when jsonb_typeof(s.e) = 'object' and s.e ? 'cdTipoSensor'
             then s.e - 'cdTipoSensor' || jsonb_build_object('cdSensor', k.sensor) else s.e end order by s.n)
             as known,
           min(format('sensores[%s]: the device has %s sensors of type %s; name one by cdSensor or dsPonto',
                      s.n - 1, k.number, left((s.e -> 'cdTipoSensor')::text, 40)))
             filter (where k.number <> 1 and s.e ? 'cdTipoSensor') as unclear
    from jsonb_array_elements(case when jsonb_typeof(o.e -> 'sensores') = 'array' then o.e -> 'sensores'
                                   else '[]' end) with ordinality as s(e, n)
    left join lateral (
      select count(*) as number, min(t."cdSensor") as sensor from public."TbSensor" t
      where t."cdDispositivo" = d."cdDispositivo"
        and t."cdTipoSensor" = private.read_integer(nullif(s.e -> 'cdTipoSensor', 'null'))
    ) k on s.e ? 'cdTipoSensor'
  ) v on d."cdDispositivo" is not null and f.has_type
$$;
comment on function private.complete_imported is
  'Imported readings with the sensors and batteries that tables of history do not name.';
revoke all on function private.complete_imported from public;
