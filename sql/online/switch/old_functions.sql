-- The old functions that others take the names of leave public instead of being dropped: a request that has
-- been planned with one, and waits for the locks, still runs it afterwards.
create schema if not exists legado;
revoke all on schema legado from public;
do $$
declare
  v_old text;
begin
  for v_old in
    select p.oid::regprocedure from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.proname in ('get_abertura_porta_aggregation', 'get_abertura_porta_hourly_aggregation',
                        'get_movimento_pessoas_aggregation', 'get_grouped_sensor_data',
                        'get_lista_dispositivos_resumo', 'get_historico_paginado')
  loop
    execute format('alter function %s set schema legado', v_old);
  end loop;
end
$$
