-- Part of public.get_saude_series.
create function private.step_health() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'step', p.step, 'lastStart', u."dtInicio",
    'seconds', round(extract(epoch from u."dtFim" - u."dtInicio"), 3), 'rows', u."nrLinhas",
    'error', u."dsErro",
    'failures24h', (
      select count(*) from public."TbManutencaoExecucao" e
      where e."dsPasso" = p.step and e."dsErro" is not null and e."dtInicio" > now() - interval '1 day'))
    order by p.n), '[]')
  from unnest(private.maintenance_steps()) with ordinality as p(step, n)
  left join lateral (
    select e.* from public."TbManutencaoExecucao" e where e."dsPasso" = p.step
    order by e."dtInicio" desc limit 1
  ) u on true
$$;
comment on function private.step_health is
  'The last run of each maintenance step, and its failures of the last 24 hours.';
revoke all on function private.step_health from public;
