-- Dry run of retention: what a policy would delete now of a client, by table. Rows are not read: counts by
-- day are added up, so values that no rollup counts (without number, or with quality 2) and positions
-- outside of measuring windows are missing. What is under a legal hold is left out. At most some 300,000
-- days of sensors are read: of larger clients every nrAmostra-th device.
-- p_policy  null: the one that holds
create function private.preview_retention(
  p_client integer, p_policy public."TbPoliticaRetencao" default null)
returns table ("dsTabela" text, "dtAte" timestamp, "dtMaisAntigo" timestamp, "nrLinhas" bigint,
               "nrBytes" bigint, "nrFontes" bigint, "nrAmostra" integer)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_policy public."TbPoliticaRetencao" := coalesce(p_policy, private.policy_of_client(p_client));
  v_today timestamp := date_trunc('day', now() at time zone 'UTC');
  v_raw timestamp := v_today - make_interval(days => v_policy."nrDiasBruto");
  v_one_minute timestamp := v_today - make_interval(days => v_policy."nrDias1m");
  v_five_minutes timestamp := v_today - make_interval(days => v_policy."nrDias5m");
  v_one_hour timestamp := v_today - make_interval(days => v_policy."nrDias1h");
  v_last timestamp := greatest(v_raw, v_one_minute, v_five_minutes, v_one_hour);
  v_sample record := private.previewed_sensors(p_client, v_last);
begin
  v_one_hour := case when num_nonnulls(v_one_hour, v_raw) = 2 then least(v_one_hour, v_raw) end;
  return query
  with day as materialized (
    select c.* from private.counts_by_day(p_client, v_sample.devices, v_sample.sensors, v_last) c
  )
  select t.name, t.until, greatest(t.until, (select min(d.day) from day d)),
         coalesce(n.quantity, 0)::bigint * v_sample.step,
         (n.quantity * v_sample.step * private.row_width(t.name))::bigint,
         coalesce(n.sources, 0) * v_sample.step, v_sample.step
  from (values
    ('TbPosicao', v_raw), ('TbSensorRegistro', v_raw), ('TbSensorRegistro1m', v_one_minute),
    ('TbSensorRegistro5m', v_five_minutes), ('TbSensorRegistro1h', v_one_hour),
    ('TbSensorRegistro1d', v_one_hour)
  ) as t(name, until)
  cross join lateral (
    select sum(case t.name when 'TbPosicao' then d.positions when 'TbSensorRegistro' then d.quantity
                           when 'TbSensorRegistro1m' then d.minutes when 'TbSensorRegistro5m' then d.fives
                           when 'TbSensorRegistro1h' then d.hours else d.days end) as quantity,
           count(distinct d.code) filter (where (d.positions > 0) = (t.name = 'TbPosicao')) as sources
    from day d where d.day < t.until
  ) n
  where t.until is not null;
end
$$;
comment on function private.preview_retention is
  'Dry run of retention: what a policy would delete now of a client.';
revoke all on function private.preview_retention from public;
