-- Empty partitions that lie before the coverage. Nobody is kept waiting for it: what is locked is left for the next run.
create function private.soltar_particoes() returns integer
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  v_velha record;
  v_vazia boolean;
  v_soltas integer := 0;
begin
  for v_velha in
    select c.oid::regclass as particao, i.inhparent::regclass as tabela
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid and c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r'
    cross join private."TbConfiguracao" conf
    where private.mes_da_particao(c.relname)
      < date_trunc('month', now() at time zone 'UTC') - make_interval(months => conf."nrMesesAtras")
    order by c.relname
  loop
    execute format('select not exists (select from %s)', v_velha.particao) into v_vazia;
    continue when not v_vazia;
    begin
      execute format('alter table %s detach partition %s', v_velha.tabela, v_velha.particao);
      execute format('drop table %s', v_velha.particao);
      v_soltas := v_soltas + 1;
    exception when lock_not_available then
      null; -- somebody reads or writes just now
    end;
  end loop;
  return v_soltas;
end
$$;
comment on function private.soltar_particoes() is 'Drops empty partitions older than the coverage; returns how many.';
revoke all on function private.soltar_particoes() from public;

-- Dry run: what the policies would let go now.
create function private.prever_retencao() returns table ("cdCliente" integer, "dsTabela" text, "dtAte" timestamp, "nrLinhas" bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_prazo record;
begin
  for v_prazo in
    select p."cdCliente", t.tabela, t.coluna, t.ate
    from private.prazos() p
    cross join lateral (values
      ('TbPosicao', 'dtRegistro', p.bruto), ('TbSensorRegistro', 'dtRegistro', p.bruto),
      ('TbSensorRegistro1m', 'dtBucket', p.um), ('TbSensorRegistro5m', 'dtBucket', p.cinco),
      ('TbSensorRegistro1h', 'dtBucket', case when num_nonnulls(p.hora, p.bruto) = 2 then least(p.hora, p.bruto) end),
      ('TbSensorRegistro1d', 'dtBucket', case when num_nonnulls(p.hora, p.bruto) = 2 then least(p.hora, p.bruto) end)
    ) as t(tabela, coluna, ate)
    where t.ate is not null
  loop
    "cdCliente" := v_prazo."cdCliente";
    "dsTabela" := v_prazo.tabela;
    "dtAte" := v_prazo.ate;
    execute format('select count(*) from public.%I where "cdCliente" = $1 and %I < $2', v_prazo.tabela, v_prazo.coluna)
      into "nrLinhas" using v_prazo."cdCliente", v_prazo.ate;
    return next;
  end loop;
end
$$;
comment on function private.prever_retencao() is 'Dry run of retention: which rows of which client its policy would let go now.';
revoke all on function private.prever_retencao() from public;
