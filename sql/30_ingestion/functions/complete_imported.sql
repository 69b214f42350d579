-- Imported readings as those of insert_device_readings. Two things that tables of history have are looked up:
--   {cdTipoSensor, nrValor, …} of a value   the sensor, if the device has one of this type only
--   nrBatPercentual                         nrBat in the unit of the device; percentages are those of 3.7 V
-- A reading whose sensors cannot be told apart becomes one that is rejected (private.is_wrapped_payload).
-- Called by public.importar_historico.
create function private.complete_imported(p_readings jsonb, p_clients integer[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(case
      when d."cdDispositivo" is null then o.e
      when v.unclear is not null then jsonb_build_object(
        '$payload', '', '$tamanho', 0, '$hash', repeat('0', 64), '$error_code', 'MALFORMED',
        '$error', v.unclear)
      else o.e - 'nrBatPercentual'
        || case when v.known is null then '{}' else jsonb_build_object('sensores', v.known) end
        || case when o.e ? 'nrBatPercentual' then jsonb_build_object('nrBat', case
             when private.read_double(o.e -> 'nrBatPercentual') is null or d."cdUnidadeBat" = '%'
               then o.e -> 'nrBatPercentual'
             else to_jsonb((o.e -> 'nrBatPercentual')::numeric
                           * case d."cdUnidadeBat" when 'mV' then 37 else 0.037 end) end)
             else '{}' end
    end order by o.n), '[]')
  from jsonb_array_elements(p_readings) with ordinality as o(e, n)
  left join public."TbDispositivo" d on jsonb_typeof(o.e) = 'object'
    and d."cdDispositivo" = private.read_integer(o.e -> 'cdDispositivo') and d."cdCliente" = any (p_clients)
    and (o.e ? 'nrBatPercentual' or o.e @? '$.sensores[*].cdTipoSensor')
  left join lateral (
    select jsonb_agg(case when jsonb_typeof(s.e) = 'object' and s.e ? 'cdTipoSensor'
             then s.e - 'cdTipoSensor' || jsonb_build_object('cdSensor', k.sensor) else s.e end order by s.n)
             as known,
           min(format('sensores[%s]: the device has %s sensors of type %s; name one by cdSensor or dsPonto',
                      s.n - 1, k.number, left((s.e -> 'cdTipoSensor')::text, 40)))
             filter (where k.number <> 1 and s.e ? 'cdTipoSensor') as unclear
    from jsonb_array_elements(case when jsonb_typeof(o.e -> 'sensores') = 'array' then o.e -> 'sensores'
                                   else '[]' end) with ordinality as s(e, n)
    cross join lateral (
      select count(*) as number, min(t."cdSensor") as sensor from public."TbSensor" t
      where t."cdDispositivo" = d."cdDispositivo"
        and t."cdTipoSensor" = private.read_integer(nullif(s.e -> 'cdTipoSensor', 'null'))
    ) k
  ) v on d."cdDispositivo" is not null
$$;
comment on function private.complete_imported is
  'Imported readings with the sensors and batteries that tables of history do not name.';
revoke all on function private.complete_imported from public;
