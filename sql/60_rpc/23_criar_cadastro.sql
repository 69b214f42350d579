-- A new row; answers with {linha, versao}. One that can have a client and names none gets the caller's, a client that names no parent becomes
-- the caller's child.
-- p_cadastro    clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores;  p_dados  {column: value}
-- The row is put together here instead of read back: policies may not show it yet.
-- Who: callers with the permission admin; row-level security decides for which clients.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT403 FORBIDDEN, PT404 NOT_FOUND (no such name), PT409 CONFLICT.
create function public.criar_cadastro(p_cadastro text, p_dados jsonb) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_dados jsonb;
  v_linha jsonb;
  v_condicao text;
begin
  if cardinality(v_chamador."cdClientes") = 0 and not v_chamador."blServico" then
    raise sqlstate 'PT403' using message = 'The caller acts for no client', hint = 'FORBIDDEN';
  end if;
  perform private.colunas_dadas(v_cadastro, p_dados);
  v_dados := private.completar_linha(v_cadastro, v_chamador, p_dados);
  execute format($sql$
    insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1) f
    $sql$, v_cadastro.tabela, (select string_agg(format('%I', k), ', ') from jsonb_object_keys(v_dados) k)) using v_dados;
  execute format('select private.descrever_linha(f) from jsonb_populate_record(null::public.%I, $1) f', v_cadastro.tabela)
  into v_linha using v_dados;
  return jsonb_build_object('linha', v_linha, 'versao', private.versao(v_linha));
exception when integrity_constraint_violation or insufficient_privilege then
  get stacked diagnostics v_condicao = constraint_name;
  perform private.recusar_escrita(v_cadastro, p_dados, sqlstate, v_condicao);
  return null;
end
$$;
comment on function public.criar_cadastro(text, jsonb) is 'A new client, device, sensor, site, address, product, item or picture.';
revoke all on function public.criar_cadastro(text, jsonb) from public;
grant execute on function public.criar_cadastro(text, jsonb) to authenticated, service_role;
