-- Deletes one row to which nothing refers; answers with what it was. What has history is retired instead.
-- p_cadastro    clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores;  p_codigo  its key
-- p_versao      only if the row still is that
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, PT404 NOT_FOUND (no such row, or not the caller's to delete), PT409 CONFLICT (it has history, or something
-- refers to it), PT412 PRECONDITION_FAILED.
create function public.apagar_cadastro(p_cadastro text, p_codigo integer, p_versao text default null) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_linha jsonb;
  v_quem text;
begin
  perform private.exigir('admin');
  perform private.colunas_dadas(v_cadastro, '{}');
  execute format('delete from public.%1$I t where t.%2$I = $2 and %3$s and $1 returning private.descrever_linha(t)',
                 v_cadastro.tabela, v_cadastro.chave, private.condicao_de_versao())
  into v_linha using true, p_codigo, p_versao;
  if v_linha is null then
    perform private.recusar_sem_linha(v_cadastro, p_codigo, p_versao);
  end if;
  return v_linha;
exception when foreign_key_violation then
  get stacked diagnostics v_quem = table_name;
  raise sqlstate 'PT409' using message = format('Rows of %s refer to it', v_quem), hint = 'CONFLICT',
    detail = 'Delete or change those first, or retire it: set cdStatus to encerrado where it has one.';
end
$$;
comment on function public.apagar_cadastro(text, integer, text) is
  'Deletes a client, device, sensor, site, address, product, item or picture to which nothing refers.';
revoke all on function public.apagar_cadastro(text, integer, text) from public;
grant execute on function public.apagar_cadastro(text, integer, text) to authenticated, service_role;
