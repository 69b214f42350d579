-- Keys, for the RPCs that manage them.

-- A key belongs to a person: whoever calls, or the owner of the key that calls. PT403 FORBIDDEN for callers who are neither.
create function private.dono_das_chaves(p_chamador private.identidade) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_dono uuid;
begin
  if p_chamador."dsTipo" = 'user' then
    return substring(p_chamador."dsChamador" from '^user:(.*)$')::uuid;
  end if;
  select k."cdUsuario" into v_dono from public."TbApiKeys" k
  where k."dsHash" = substring(p_chamador."dsChamador" from '^key:(.*)$');
  if v_dono is null then
    raise sqlstate 'PT403' using message = 'A key belongs to a person: sign in as one', hint = 'FORBIDDEN';
  end if;
  return v_dono;
end
$$;
comment on function private.dono_das_chaves(private.identidade) is 'The person to whom keys made by this caller belong.';
revoke all on function private.dono_das_chaves(private.identidade) from public;

-- Nobody hands out more than they have. PT403 FORBIDDEN, PT400 INVALID_PARAMETER.
create function private.exigir_alcance(p_chamador private.identidade, p_clientes integer[], p_permissoes text[])
returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(p_permissoes <@ '{read,ingest,admin}'::text[] and cardinality(p_permissoes) > 0, false) then
    raise sqlstate 'PT400' using message = 'dsPermissoes is a list of read, ingest and admin', hint = 'INVALID_PARAMETER';
  end if;
  if not (coalesce(p_clientes, '{}') <@ p_chamador."cdClientes" and p_permissoes <@ p_chamador."dsPermissoes") then
    raise sqlstate 'PT403' using message = 'A key cannot do more than whoever makes it', hint = 'FORBIDDEN';
  end if;
end
$$;
comment on function private.exigir_alcance(private.identidade, integer[], text[]) is 'Refuses a key that could do more than its maker.';
revoke all on function private.exigir_alcance(private.identidade, integer[], text[]) from public;

-- 256 random bits. gen_random_uuid draws from the system's strong source; hashing two of them evens out their fixed bits.
create function private.sortear_chave() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select 'rastro_' || rtrim(translate(encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid(), 'UTF8')),
                                             'base64'), '+/', '-_'), '=')
$$;
comment on function private.sortear_chave() is 'The text of a new key.';
revoke all on function private.sortear_chave() from public;

create function private.descrever_chave(p_chave public."TbApiKeys") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_chave) - 'dsHash' || jsonb_build_object(
    'dtUltimoUso', max(u."dtUltimoUso"),
    'nrUsoHoje', case when coalesce(p_chave."nrLimiteMinuto", p_chave."nrCotaDiaria") is not null
                 then coalesce(sum(u."nrDia") filter (where u."dtDia" = (now() at time zone 'UTC')::date), 0) end)
  from public."TbUsoApiKey" u where u."cdApiKey" = p_chave."cdApiKey"
$$;
comment on function private.descrever_chave(public."TbApiKeys") is 'A key and its use as JSON, without its hash.';
revoke all on function private.descrever_chave(public."TbApiKeys") from public;
grant execute on function private.descrever_chave(public."TbApiKeys") to authenticated, service_role;

-- Code, hash, prefix and the time of making are new; the rest is as given.
create function private.guardar_chave(p_chave public."TbApiKeys") returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_texto text := private.sortear_chave();
  v_chave public."TbApiKeys" := p_chave;
begin
  v_chave."cdApiKey" := gen_random_uuid();
  v_chave."dsHash" := encode(sha256(convert_to(v_texto, 'UTF8')), 'hex');
  v_chave."dsPrefixo" := left(v_texto, 12);
  v_chave."blAtiva" := true;
  v_chave."dtRegistro" := now();
  insert into public."TbApiKeys" select v_chave.*;
  return private.descrever_chave(v_chave) || jsonb_build_object('dsKey', v_texto);
end
$$;
comment on function private.guardar_chave(public."TbApiKeys") is
  'Makes a key and keeps its hash; its text is in the answer and nowhere else.';
revoke all on function private.guardar_chave(public."TbApiKeys") from public;
