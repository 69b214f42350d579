-- The parts of public.get_saude_series.
create function private.meses_adiante() returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  -- of the table that has the fewest
  select coalesce(min(t.meses), 0)::integer
  from (
    select (select count(*) from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = p.oid
              and private.mes_da_particao(c.relname) > now() at time zone 'UTC') as meses
    from pg_class p where p.relnamespace = 'public'::regnamespace and p.relkind = 'p'
  ) t
$$;
comment on function private.meses_adiante() is 'For how many months after this one every partitioned table has partitions.';
revoke all on function private.meses_adiante() from public;

create function private.saude_dos_passos() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'step', p.passo, 'lastStart', u."dtInicio", 'seconds', round(extract(epoch from u."dtFim" - u."dtInicio"), 3), 'rows', u."nrLinhas",
    'error', u."dsErro",
    'failures24h', (select count(*) from public."TbManutencaoExecucao" e
                    where e."dsPasso" = p.passo and e."dsErro" is not null and e."dtInicio" > now() - interval '1 day'))
    order by p.n), '[]')
  from unnest(private.passos()) with ordinality as p(passo, n)
  left join lateral (
    select e.* from public."TbManutencaoExecucao" e where e."dsPasso" = p.passo order by e."dtInicio" desc limit 1
  ) u on true
$$;
comment on function private.saude_dos_passos() is 'How each step of the upkeep last went.';
revoke all on function private.saude_dos_passos() from public;
