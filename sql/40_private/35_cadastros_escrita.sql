-- New rows and changes of what is kept about a fleet.

-- Which columns of a table are being given values. The key, the time of registration and whose data it is are not a caller's
-- to give, nor is what PostgreSQL computes.
create function private.colunas_dadas(p_cadastro private.cadastro, p_dados jsonb) returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_colunas text[] := array(
    select a.attname from pg_catalog.pg_attribute a
    where a.attrelid = format('public.%I', p_cadastro.tabela)::regclass and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' and a.attname not in (p_cadastro.chave, 'dtRegistro', 'dsFonte'));
  v_dadas text[];
  v_estranhas text[];
begin
  if not p_cadastro."blMuda" or jsonb_typeof(p_dados) is distinct from 'object' then
    raise sqlstate 'PT400' using message = 'This cannot be written, or what was sent is no JSON object', hint = 'MALFORMED';
  end if;
  v_dadas := array(select k from jsonb_object_keys(p_dados) k order by 1);
  v_estranhas := array(select d from unnest(v_dadas) d where d <> all (v_colunas));
  if v_estranhas <> '{}' then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('not a column that can be written: %s', array_to_string(v_estranhas, ', '));
  end if;
  return v_dadas;
end
$$;
comment on function private.colunas_dadas(private.cadastro, jsonb) is 'Columns that are given values; PT400 for others.';
revoke all on function private.colunas_dadas(private.cadastro, jsonb) from public;
grant execute on function private.colunas_dadas(private.cadastro, jsonb) to authenticated, service_role;

-- A new row with its key, the time, and the client it belongs to unless it names another.
create function private.completar_linha(p_cadastro private.cadastro, p_chamador private.identidade, p_dados jsonb) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select case
      when p_cadastro.tabela = 'TbCliente' then jsonb_build_object('cdClientePai', p_chamador."cdCliente")
      when exists (select from pg_catalog.pg_attribute a
                   where a.attrelid = format('public.%I', p_cadastro.tabela)::regclass and a.attname = 'cdCliente')
        then jsonb_build_object('cdCliente', p_chamador."cdCliente")
      else '{}' end
    || jsonb_strip_nulls(p_dados)
    || jsonb_build_object('dtRegistro', now() at time zone 'UTC', p_cadastro.chave,
                          nextval(pg_get_serial_sequence(format('public.%I', p_cadastro.tabela), p_cadastro.chave)))
$$;
comment on function private.completar_linha(private.cadastro, private.identidade, jsonb) is 'A new row with what its sender need not say.';
revoke all on function private.completar_linha(private.cadastro, private.identidade, jsonb) from public;
grant execute on function private.completar_linha(private.cadastro, private.identidade, jsonb) to authenticated, service_role;

-- A condition on the values of a table's rows, in the words of its comment.
create function private.texto_da_condicao(p_tabela text, p_condicao text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    (select obj_description(c.oid, 'pg_constraint') from pg_catalog.pg_constraint c
     where c.conrelid = format('public.%I', p_tabela)::regclass and c.conname = p_condicao),
    format('The values do not fulfil %s', p_condicao))
$$;
comment on function private.texto_da_condicao(text, text) is 'What a condition on the values of a row says.';
revoke all on function private.texto_da_condicao(text, text) from public;
grant execute on function private.texto_da_condicao(text, text) to authenticated, service_role;

-- A condition on t: the row still is what the caller saw. $3 is the version, null when any will do.
create function private.condicao_de_versao() returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '($3 is null or private.versao(private.descrever_linha(t)) = $3)'
$$;
comment on function private.condicao_de_versao() is 'A condition that selects the row only in the version that the caller saw.';
revoke all on function private.condicao_de_versao() from public;
grant execute on function private.condicao_de_versao() to authenticated, service_role;

-- No row was changed: because it has changed meanwhile (PT412), or because there is none that the caller may change (PT404).
create function private.recusar_sem_linha(p_cadastro private.cadastro, p_codigo integer, p_versao text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_ha boolean := false;
begin
  if p_versao is not null then
    execute format('select exists (select from public.%I t where t.%I = $1)', p_cadastro.tabela, p_cadastro.chave)
    into v_ha using p_codigo;
  end if;
  if v_ha then
    raise sqlstate 'PT412' using message = 'The row has changed since it was read, or is not yours to change',
      hint = 'PRECONDITION_FAILED', detail = 'Read it again, and send its new ETag as If-Match.';
  end if;
  raise sqlstate 'PT404' using message = 'There is no such row, or it is not visible', hint = 'NOT_FOUND';
end
$$;
comment on function private.recusar_sem_linha(private.cadastro, integer, text) is 'Says why no row was changed: 404 or 412.';
revoke all on function private.recusar_sem_linha(private.cadastro, integer, text) from public;
grant execute on function private.recusar_sem_linha(private.cadastro, integer, text) to authenticated, service_role;
