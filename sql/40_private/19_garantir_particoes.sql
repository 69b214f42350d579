-- Partitions are named <table>_YYYY_MM. Of any other name it is null, so that it can be asked of every table.
create function private.mes_da_particao(p_nome text) returns timestamp
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_nome ~ '_\d{4}_(0[1-9]|1[0-2])$'
    then make_timestamp(left(right(p_nome, 7), 4)::integer, right(p_nome, 2)::integer, 1, 0, 0, 0) end
$$;
comment on function private.mes_da_particao(text) is 'The month of a partition, by its name.';
revoke all on function private.mes_da_particao(text) from public;

-- Makes the monthly partitions that the coverage asks for and that are missing, of every partitioned table. Run by the
-- upkeep and by an ingest that finds one missing. Made apart and then attached: attaching an empty table needs no
-- scan and holds up no writer.
create function private.garantir_particoes(p_agora timestamptz default now()) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_falta record;
  v_feitas integer := 0;
begin
  for v_falta in
    select t.tabela, m.mes, format('%s_%s', t.tabela, to_char(m.mes, 'YYYY_MM')) as nome
    from private."TbConfiguracao" conf
    cross join (select c.relname::text from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'p') as t(tabela)
    cross join lateral generate_series(
      date_trunc('month', p_agora at time zone 'UTC') - make_interval(months => conf."nrMesesAtras"),
      date_trunc('month', p_agora at time zone 'UTC') + make_interval(months => conf."nrMesesAdiante"),
      '1 month') as m(mes)
    where to_regclass(format('particoes.%I', format('%s_%s', t.tabela, to_char(m.mes, 'YYYY_MM')))) is null
    order by 1, 2
  loop
    execute format('lock table public.%I in share update exclusive mode', v_falta.tabela); -- one maker at a time
    continue when to_regclass(format('particoes.%I', v_falta.nome)) is not null;
    execute format('create table particoes.%I (like public.%I including all)', v_falta.nome, v_falta.tabela);
    execute format('alter table particoes.%I enable row level security', v_falta.nome);
    execute format('revoke all on particoes.%I from public, anon, authenticated, service_role', v_falta.nome);
    execute format('alter table public.%I attach partition particoes.%I for values from (%L) to (%L)',
                   v_falta.tabela, v_falta.nome, v_falta.mes, v_falta.mes + interval '1 month');
    v_feitas := v_feitas + 1;
  end loop;
  return v_feitas;
end
$$;
comment on function private.garantir_particoes(timestamptz) is 'Makes missing monthly partitions; returns how many.';
revoke all on function private.garantir_particoes(timestamptz) from public;
grant execute on function private.garantir_particoes(timestamptz) to service_role;

select private.garantir_particoes();
