-- Changes the columns named of one row; answers with the whole row, {linha, versao}.
-- p_cadastro    clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores;  p_codigo  its key
-- p_dados       {column: value};  p_versao  only if the row still is that
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT403 FORBIDDEN, PT404 NOT_FOUND (no such row, or not the caller's to change),
-- PT409 CONFLICT, PT412 PRECONDITION_FAILED.
create function public.mudar_cadastro(p_cadastro text, p_codigo integer, p_dados jsonb, p_versao text default null)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_dadas text[];
  v_linha jsonb;
  v_condicao text;
begin
  perform private.exigir('admin');
  v_dadas := private.colunas_dadas(v_cadastro, p_dados);
  if v_dadas = '{}' then
    raise sqlstate 'PT400' using message = 'There is nothing to change', hint = 'INVALID_PARAMETER';
  end if;
  execute format($sql$
    update public.%1$I t set %3$s from jsonb_populate_record(null::public.%1$I, $1) f
    where t.%2$I = $2 and %4$s returning private.descrever_linha(t)
    $sql$, v_cadastro.tabela, v_cadastro.chave, (select string_agg(format('%1$I = f.%1$I', d), ', ') from unnest(v_dadas) d),
    private.condicao_de_versao())
  into v_linha using p_dados, p_codigo, p_versao;
  if v_linha is null then
    perform private.recusar_sem_linha(v_cadastro, p_codigo, p_versao);
  end if;
  return jsonb_build_object('linha', v_linha, 'versao', private.versao(v_linha));
exception when integrity_constraint_violation or insufficient_privilege then
  get stacked diagnostics v_condicao = constraint_name;
  perform private.recusar_escrita(v_cadastro, p_dados, sqlstate, v_condicao);
  return null;
end
$$;
comment on function public.mudar_cadastro(text, integer, jsonb, text) is 'Changes a client, device, sensor, site, address, product, item or picture.';
revoke all on function public.mudar_cadastro(text, integer, jsonb, text) from public;
grant execute on function public.mudar_cadastro(text, integer, jsonb, text) to authenticated, service_role;
