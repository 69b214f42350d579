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

-- Why PostgreSQL refuses a row, in words: PT400 or PT409 for a constraint, which its comment or its columns tell, PT403 for a policy.
create function private.recusar_escrita(p_cadastro private.cadastro, p_dados jsonb, p_estado text, p_condicao text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_texto text := (
    select coalesce(obj_description(c.oid, 'pg_constraint'), format(
      case c.contype when 'f' then '%s: there is none such' when 'c' then '%s: out of range' else '%s: there is one already' end,
      (select string_agg(a.attname, ', ' order by a.attnum) from pg_catalog.pg_attribute a
       where a.attrelid = c.conrelid and a.attnum = any (c.conkey))))
    from pg_catalog.pg_constraint c
    where c.conrelid = format('public.%I', p_cadastro.tabela)::regclass and c.conname = p_condicao);
begin
  if p_estado = '42501' then
    raise sqlstate 'PT403' using message = 'It would be of a client, or point to a row, that the caller does not manage', hint = 'FORBIDDEN',
      detail = nullif((select string_agg(k, ', ' order by k) from jsonb_object_keys(p_dados) k where k ~ '^cd[A-Z]' and k <> 'cdStatus'), '');
  elsif p_estado in ('23502', '23514') then
    raise sqlstate 'PT400' using message = coalesce(v_texto, 'A value is missing'), hint = 'INVALID_PARAMETER';
  end if;
  raise sqlstate 'PT409' using message = coalesce(v_texto, 'This contradicts what is stored'), hint = 'CONFLICT';
end
$$;
comment on function private.recusar_escrita(private.cadastro, jsonb, text, text) is 'Says in words why a row is refused.';
revoke all on function private.recusar_escrita(private.cadastro, jsonb, text, text) from public;
grant execute on function private.recusar_escrita(private.cadastro, jsonb, text, text) to authenticated, service_role;

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
