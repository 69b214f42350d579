-- What the sensors of devices add up to, a row for each visible device: sums of doors, people and each
-- category of a camera, mean temperature, mean item count (weight by the item's unit weight, distance by its
-- height, without tare, rounded); 0 where there is no value. And the types of the sensors that are on the
-- device now.
-- Who may call it: every API role; row-level security decides which devices and values.
create function private.aggregate_devices(p_devices integer[], p_since timestamp, p_until timestamp)
returns table (
  "cdDispositivo" integer, "nrPorta" double precision, "nrTemp" double precision,
  "nrPessoas" double precision, "nrItens" numeric,
  "nrMasculino" double precision, "nrFeminino" double precision,
  "nrCrianca" double precision, "nrJovem" double precision, "nrAdulto" double precision,
  "nrSenior" double precision, "nrAlegre" double precision, "nrConcentrado" double precision,
  "nrNeutro" double precision, "tiposSensores" bigint[])
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_types bigint[] := private.sensor_types(
    '{distancia,porta,peso,temperatura,pessoas,
      masculino,feminino,crianca,jovem,adulto,senior,alegre,concentrado,neutro}');
begin
  return query
    select
      d."cdDispositivo",
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('porta')), 0)),
      private.finite(coalesce(
        private.ratio(sum(s.total) filter (where s.type = private.sensor_type('temperatura')),
                      sum(s.quantity) filter (where s.type = private.sensor_type('temperatura'))), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('pessoas')), 0)),
      case when sum(s.quantity) filter (where i.divisor is not null) > 0
        then round(private.finite(private.ratio(
          sum(private.ratio(s.total, i.divisor)),
          sum(s.quantity) filter (where i.divisor is not null)))::numeric)
        else 0 end,
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('masculino')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('feminino')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('crianca')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('jovem')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('adulto')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('senior')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('alegre')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('concentrado')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('neutro')), 0)),
      array(select distinct t."cdTipoSensor" from public."TbSensor" t
            where t."cdDispositivo" = d."cdDispositivo" order by 1)
    from public."TbDispositivo" d
    left join (
      select "cdDispositivo", "cdTipoSensor" as type, "cdProdutoItem", "nrSoma" as total, "nrQtd" as quantity
      from private.sum_devices(60, p_devices, v_types, p_since, p_until, 'total', 'UTC')
    ) s on s."cdDispositivo" = d."cdDispositivo"
    left join lateral (
      select private.divisor(case s.type
               when private.sensor_type('peso') then i."nrPesoUnit"
               when private.sensor_type('distancia') then i."nrAlt"
             end) as divisor
      from public."TbProdutoItem" i where i."cdProdutoItem" = s."cdProdutoItem"
    ) i on true
    where d."cdDispositivo" = any (p_devices)
    group by d."cdDispositivo";
end
$$;
comment on function private.aggregate_devices is 'What the sensors of devices add up to.';
revoke all on function private.aggregate_devices from public;
grant execute on function private.aggregate_devices to authenticated, service_role;
