-- Dry run of retention: what the policy of a client would delete now, or one that is not set yet:
-- {cdCliente, nrDiasBruto, nrDias1m, nrDias5m, nrDias1h, blGuardaLegal, nrAmostra, tabelas, perdas}.
-- tabelas: rows, bytes and the oldest time that is kept, by table. perdas: before when questions of a
-- resolution could not be answered any more, and for how many sensors. Counts are estimates: see
-- private.preview_retention.
-- p_nr_dias_…  instead of those that hold
-- Who: admins, of the clients they manage. Security definer: counts by day are out of reach of API roles.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.prever_retencao(
  p_cd_cliente integer, p_nr_dias_bruto integer default null, p_nr_dias_1m integer default null,
  p_nr_dias_5m integer default null, p_nr_dias_1h integer default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_policy public."TbPoliticaRetencao";
begin
  perform private.require_managed_client(p_cd_cliente);
  v_policy := private.policy_of_client(p_cd_cliente);
  v_policy."nrDiasBruto" := coalesce(p_nr_dias_bruto, v_policy."nrDiasBruto");
  v_policy."nrDias1m" := coalesce(p_nr_dias_1m, v_policy."nrDias1m");
  v_policy."nrDias5m" := coalesce(p_nr_dias_5m, v_policy."nrDias5m");
  v_policy."nrDias1h" := coalesce(p_nr_dias_1h, v_policy."nrDias1h");
  if not coalesce(least(p_nr_dias_bruto, p_nr_dias_1m, p_nr_dias_5m, p_nr_dias_1h) >= 2
       and greatest(p_nr_dias_bruto, p_nr_dias_1m, p_nr_dias_5m, p_nr_dias_1h) <= 36500, true) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER', message = 'Days must be 2 to 36500';
  end if;
  return (
    with expiring as materialized (
      select p.* from private.preview_retention(p_cd_cliente, v_policy) p
    )
    select private.describe_policy(p_cd_cliente) - 'blPropria' || jsonb_build_object(
      'nrDiasBruto', v_policy."nrDiasBruto", 'nrDias1m', v_policy."nrDias1m",
      'nrDias5m', v_policy."nrDias5m", 'nrDias1h', v_policy."nrDias1h",
      'nrAmostra', coalesce(max(e."nrAmostra"), 1),
      'tabelas', coalesce(jsonb_agg(to_jsonb(e) - '{nrFontes,nrAmostra}'::text[]), '[]'),
      'perdas', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'dsResolucao', l.resolution, 'dtAte', l.until, 'nrSensores', e."nrFontes")
                 order by l.place), '[]')
        from (
          values (1, 'raw', 'TbSensorRegistro'), (2, '1m', 'TbSensorRegistro1m'),
                 (3, '5m', 'TbSensorRegistro5m'), (4, '1h', 'TbSensorRegistro1h')
        ) as r(place, resolution, name)
        join expiring e on e."dsTabela" = r.name
        -- as long as there are values, they answer instead of finer rollups
        join expiring v on v."dsTabela" = 'TbSensorRegistro'
        cross join lateral (select r.place, r.resolution, least(e."dtAte", v."dtAte") as until) l))
    from expiring e);
end
$$;
comment on function public.prever_retencao is 'Dry run of retention: what a policy would delete now.';
revoke all on function public.prever_retencao from public;
grant execute on function public.prever_retencao to authenticated, service_role;
