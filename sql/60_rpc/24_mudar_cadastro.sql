-- Changes the columns named of one row; answers with the whole row.
-- p_cadastro    destinatarios, dispositivos, imagens, produtos, sensores;  p_codigo  its key;  p_dados  {column: value}
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT404 NOT_FOUND (no such row, or not the caller's to change), and what constraints
-- and policies raise.
create function public.mudar_cadastro(p_cadastro text, p_codigo integer, p_dados jsonb) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_dadas text[];
  v_linha jsonb;
begin
  perform private.exigir('admin');
  v_dadas := private.colunas_dadas(v_cadastro, p_dados);
  if v_dadas = '{}' then
    raise sqlstate 'PT400' using message = 'There is nothing to change', hint = 'INVALID_PARAMETER';
  end if;
  execute format($sql$
    update public.%1$I t set %3$s from jsonb_populate_record(null::public.%1$I, $1) f where t.%2$I = $2 returning to_jsonb(t)
    $sql$, v_cadastro.tabela, v_cadastro.chave, (select string_agg(format('%1$I = f.%1$I', d), ', ') from unnest(v_dadas) d))
  into v_linha using p_dados, p_codigo;
  if v_linha is null then
    raise sqlstate 'PT404' using message = 'There is no such row, or it is not visible', hint = 'NOT_FOUND';
  end if;
  return v_linha;
end
$$;
comment on function public.mudar_cadastro(text, integer, jsonb) is 'Changes a device, sensor, site, product or picture.';
revoke all on function public.mudar_cadastro(text, integer, jsonb) from public;
grant execute on function public.mudar_cadastro(text, integer, jsonb) to authenticated, service_role;
