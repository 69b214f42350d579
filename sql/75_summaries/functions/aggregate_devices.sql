-- A row for each visible device: sums of doors, people and each category of a camera, mean temperature, mean item count of
-- readings (weight by the item's unit weight, distance by its height, without tare, rounded); 0 where there is nothing. And the
-- types of the sensors on it.
create function private.aggregate_devices(p_devices integer[], p_since timestamp, p_until timestamp)
returns table ("cdDispositivo" integer, "nrPorta" double precision, "nrTemp" double precision, "nrPessoas" double precision,
               "nrItens" numeric, "nrMasculino" double precision, "nrFeminino" double precision, "nrCrianca" double precision,
               "nrJovem" double precision, "nrAdulto" double precision, "nrSenior" double precision, "nrAlegre" double precision,
               "nrConcentrado" double precision, "nrNeutro" double precision, "tiposSensores" bigint[])
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_types bigint[] := private.sensor_types('{distancia,porta,peso,temperatura,pessoas,masculino,feminino,crianca,jovem,adulto,senior,
                                             alegre,concentrado,neutro}');
begin
  return query
    select d."cdDispositivo",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('porta')), 0)) as "nrPorta",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('temperatura'))
                                   / sum(s."nrQtd") filter (where s."cdTipoSensor" = private.sensor_type('temperatura')), 0)) as "nrTemp",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('pessoas')), 0)) as "nrPessoas",
           case when sum(s."nrQtd") filter (where i.divisor is not null) > 0
             then round(private.finite(sum(s."nrSoma" / i.divisor) / sum(s."nrQtd") filter (where i.divisor is not null))::numeric)
             else 0 end as "nrItens",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('masculino')), 0)) as "nrMasculino",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('feminino')), 0)) as "nrFeminino",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('crianca')), 0)) as "nrCrianca",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('jovem')), 0)) as "nrJovem",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('adulto')), 0)) as "nrAdulto",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('senior')), 0)) as "nrSenior",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('alegre')), 0)) as "nrAlegre",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('concentrado')), 0)) as "nrConcentrado",
           private.finite(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = private.sensor_type('neutro')), 0)) as "nrNeutro",
           array(select distinct t."cdTipoSensor" from public."TbSensor" t
                 where t."cdDispositivo" = d."cdDispositivo" order by 1) as "tiposSensores"
    from public."TbDispositivo" d
    left join private.sum_devices(60, p_devices, v_types, p_since, p_until, 'total', 'UTC') s
      on s."cdDispositivo" = d."cdDispositivo"
    left join lateral (
      select nullif(case s."cdTipoSensor"
               when private.sensor_type('peso') then i."nrPesoUnit" when private.sensor_type('distancia') then i."nrAlt" end, 0) as divisor
      from public."TbProdutoItem" i where i."cdProdutoItem" = s."cdProdutoItem"
    ) i on true
    where d."cdDispositivo" = any (p_devices)
    group by d."cdDispositivo";
end
$$;
comment on function private.aggregate_devices is 'What the sensors of devices add up to.';
revoke all on function private.aggregate_devices from public;
grant execute on function private.aggregate_devices to authenticated, service_role;
