-- What the sensors of devices add up to, a row for each visible device: [{cdDispositivo, nrPorta, nrTemp, …, tiposSensores}].
-- p_dispositivos            devices
-- p_dt_inicio, p_dt_fim     both ends included; null: no limit
-- Sums of doors (nrPorta), people (nrPessoas) and of each category of a camera; mean temperature; nrItens, the mean item count of
-- readings: weight by the item's unit weight, distance by its height, without tare, rounded. 0 where there is nothing.
-- tiposSensores are the types of the sensors on the device.
-- Who: callers with the permission read; row-level security decides which readings.
create function public.get_device_aggregations(p_dispositivos integer[], p_dt_inicio timestamptz default null,
                                               p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_de timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(p_dt_fim at time zone 'UTC' + interval '1 microsecond', 'infinity');
begin
  perform private.exigir('read');
  return (
    select coalesce(json_agg(linha order by linha."cdDispositivo"), '[]')
    from (
      select d."cdDispositivo",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 2), 0) as "nrPorta",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 4)
                      / sum(s."nrQtd") filter (where s."cdTipoSensor" = 4), 0) as "nrTemp",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 5), 0) as "nrPessoas",
             coalesce(round((sum(s."nrSoma" / i.divisor) / sum(s."nrQtd") filter (where i.divisor is not null))::numeric), 0)
               as "nrItens",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 9), 0) as "nrMasculino",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 10), 0) as "nrFeminino",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 11), 0) as "nrCrianca",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 12), 0) as "nrJovem",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 13), 0) as "nrAdulto",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 14), 0) as "nrSenior",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 15), 0) as "nrAlegre",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 16), 0) as "nrConcentrado",
             coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 17), 0) as "nrNeutro",
             array(select distinct t."cdTipoSensor" from public."TbSensor" t
                   where t."cdDispositivo" = d."cdDispositivo" order by 1) as "tiposSensores"
      from public."TbDispositivo" d
      left join private.somar_dispositivos(60, p_dispositivos, '{1,2,3,4,5,9,10,11,12,13,14,15,16,17}', v_de, v_ate, false) s
        on s."cdDispositivo" = d."cdDispositivo"
      left join lateral (
        select nullif(case s."cdTipoSensor" when 3 then i."nrPesoUnit" when 1 then i."nrAlt" end, 0) as divisor
        from public."TbProdutoItem" i where i."cdProdutoItem" = s."cdProdutoItem"
      ) i on true
      where d."cdDispositivo" = any (p_dispositivos)
      group by d."cdDispositivo"
    ) linha);
end
$$;
comment on function public.get_device_aggregations(integer[], timestamptz, timestamptz) is
  'What the sensors of devices add up to: doors, people, temperature, items, categories of cameras.';
revoke all on function public.get_device_aggregations(integer[], timestamptz, timestamptz) from public;
grant execute on function public.get_device_aggregations(integer[], timestamptz, timestamptz) to authenticated, service_role;
