do $$ -- see gate.sql
begin
  execute (
    select regexp_replace(pg_catalog.pg_get_functiondef(p.oid),
                          '\n  perform pg_advisory_xact_lock_shared\(\d+\);', '')
    from pg_catalog.pg_proc p where p.oid = 'public.antes_da_requisicao'::regproc);
end
$$;
-- The legacy application is not served any more: its inserts are refused as everybody's are.
revoke insert on public."TbPosicao", public."TbSensorRegistro" from service_role;
drop trigger if exists conversao_inserir on public."TbPosicao";
drop trigger if exists conversao_inserir on public."TbSensorRegistro";
drop trigger if exists conversao_inserido on public."TbSensorRegistro";
do $$
declare
  v_old text;
begin
  for v_old in
    select p.oid::regprocedure from pg_catalog.pg_proc p where p.pronamespace = 'legado'::regnamespace
  loop
    execute format('drop function %s', v_old);
  end loop;
end
$$;
drop view public."TbEndereco";
alter table public."TbEnderecoAtual" rename to "TbEndereco";
drop index public."TbEndereco_conversao_idx";
do $$
declare
  v_function text;
begin
  for v_function in
    select replace(replace(pg_catalog.pg_get_functiondef(p.oid),
      $mark$replace(tg_table_name, 'TbEnderecoAtual', 'TbEndereco')$mark$, 'tg_table_name'),
      'TbEnderecoAtual', 'TbEndereco')
    from pg_catalog.pg_proc p
    where p.pronamespace = 'private'::regnamespace and p.prosrc like '%TbEnderecoAtual%'
  loop
    execute v_function;
  end loop;
end
$$;
drop function if exists conversao.answered;
drop function public.get_lista_dispositivos_resumo, public.get_abertura_porta_aggregation,
  public.get_abertura_porta_hourly_aggregation, public.get_movimento_pessoas_aggregation,
  public.get_grouped_sensor_data, public.get_cliente, public.get_clientes_user_by_produto_item,
  public.get_clientes_user_by_produto, public.get_clientes_user_by_dispositivo, public.get_clientes_user,
  private.legacy_chart, private.admit_legacy;
alter function public.get_lista_dispositivos_resumo_atual rename to get_lista_dispositivos_resumo;
alter function public.get_abertura_porta_aggregation_atual rename to get_abertura_porta_aggregation;
alter function public.get_movimento_pessoas_aggregation_atual rename to get_movimento_pessoas_aggregation;
alter function public.get_grouped_sensor_data_atual rename to get_grouped_sensor_data
