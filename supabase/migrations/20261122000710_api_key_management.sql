-- Making, listing, rotating, limiting and revoking API keys.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/40_private/34_api_keys.sql
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
-- end

-- from sql/40_private/34_api_keys_gestao.sql
-- Who may manage keys, and within which limits.

-- A key with a limit that could make another, or lift its own, would have none.
create function private.exigir_gestao_de_chaves() returns private.identidade
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
begin
  if exists (select from public."TbApiKeys" k
             where 'key:' || k."dsHash" = v_chamador."dsChamador"
               and (k."nrLimiteMinuto" is not null or k."nrCotaDiaria" is not null)) then
    raise sqlstate 'PT403' using message = 'A key with a limit neither makes nor changes keys', hint = 'FORBIDDEN';
  end if;
  return v_chamador;
end
$$;
comment on function private.exigir_gestao_de_chaves() is 'The caller, if it may make and change keys; otherwise 401, 403 or 429.';
revoke all on function private.exigir_gestao_de_chaves() from public;

create function private.exigir_limites(p_nr_limite_minuto integer, p_nr_cota_diaria integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if least(p_nr_limite_minuto, p_nr_cota_diaria) < 1 then
    raise sqlstate 'PT400' using message = 'A limit is a number of calls from 1, or null for none',
      hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.exigir_limites(integer, integer) is 'Refuses limits that are none.';
revoke all on function private.exigir_limites(integer, integer) from public;

-- The key, if the caller may manage it: its own owner's, or of a person of a client it manages. PT404 NOT_FOUND.
create function private.chave_administrada(p_chamador private.identidade, p_cd_api_key uuid) returns public."TbApiKeys"
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbApiKeys";
begin
  select k.* into v_chave from public."TbApiKeys" k
  left join public.profiles p on p.id = k."cdUsuario"
  where k."cdApiKey" = p_cd_api_key
    and (p_chamador."blServico" or p."cdCliente" = any (p_chamador."cdClientes"))
  for update of k;
  if v_chave."cdApiKey" is null then
    raise sqlstate 'PT404' using message = 'There is no such key', hint = 'NOT_FOUND';
  end if;
  return v_chave;
end
$$;
comment on function private.chave_administrada(private.identidade, uuid) is 'A key that the caller may rotate or revoke.';
revoke all on function private.chave_administrada(private.identidade, uuid) from public;
-- end

-- from sql/60_rpc/08_criar_api_key.sql
-- Makes an API key. The answer holds its text, dsKey, which is shown this once and not kept.
-- p_cd_clientes       clients it acts for (null: all of its owner's);  p_ds_permissoes  of read, ingest, admin
-- p_nr_limite_minuto  calls a minute;  p_nr_cota_diaria  calls a day (UTC);  null: no limit
-- Who: callers with the permission admin, for themselves, and no more than they may do. Security definer: nobody writes
-- keys by hand. Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.criar_api_key(p_ds_nome text, p_ds_permissoes text[] default '{read}',
                                     p_cd_clientes integer[] default null, p_dt_expiracao timestamptz default null,
                                     p_nr_limite_minuto integer default null, p_nr_cota_diaria integer default null)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_gestao_de_chaves();
  v_chave public."TbApiKeys";
begin
  perform private.exigir_alcance(v_chamador, p_cd_clientes, p_ds_permissoes);
  perform private.exigir_limites(p_nr_limite_minuto, p_nr_cota_diaria);
  if coalesce(btrim(p_ds_nome), '') = '' or p_dt_expiracao <= now() then
    raise sqlstate 'PT400' using message = 'A key needs a name, and an expiry, if any, in the future',
      hint = 'INVALID_PARAMETER';
  end if;
  v_chave."cdUsuario" := private.dono_das_chaves(v_chamador);
  v_chave."dsNome" := btrim(p_ds_nome);
  -- a key made by a key that is limited to some clients is limited to them too
  v_chave."cdClientes" := case when v_chamador."dsTipo" = 'key' then coalesce(p_cd_clientes, v_chamador."cdClientes")
                          else p_cd_clientes end;
  v_chave."dsPermissoes" := p_ds_permissoes;
  v_chave."dtExpiracao" := p_dt_expiracao;
  v_chave."nrLimiteMinuto" := p_nr_limite_minuto;
  v_chave."nrCotaDiaria" := p_nr_cota_diaria;
  return private.guardar_chave(v_chave);
end
$$;
comment on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer) is
  'Makes an API key; its text is shown this once.';
revoke all on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer) from public;
grant execute on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer)
  to authenticated, service_role;
-- end

-- from sql/60_rpc/09_get_api_keys.sql
-- Keys the caller may see, newest first, without their text, which nobody has: {data, nextCursor}.
-- p_cd_api_key  only this one
-- p_page_size   keys a page, 1 to 1,000;  p_cursor  nextCursor of the page before: the last key on it
-- Who: callers with the permission admin; row-level security decides which rows. Raises PT400 INVALID_PARAMETER.
create function public.get_api_keys(p_cd_api_key uuid default null, p_page_size integer default 50, p_cursor uuid default null)
returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_apos timestamptz;
  v_pagina public."TbApiKeys"[];
begin
  perform private.exigir('admin');
  select k."dtRegistro" into v_apos from public."TbApiKeys" k where k."cdApiKey" = p_cursor;
  perform private.exigir_pagina(p_page_size, p_cursor is null or v_apos is not null);
  v_pagina := array(
    select k from public."TbApiKeys" k
    where (p_cd_api_key is null or k."cdApiKey" = p_cd_api_key)
      and (p_cursor is null or (k."dtRegistro", k."cdApiKey") < (v_apos, p_cursor))
    order by k."dtRegistro" desc, k."cdApiKey" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (select coalesce(jsonb_agg(private.descrever_chave(k) order by k."dtRegistro" desc, k."cdApiKey" desc), '[]')
             from unnest(v_pagina[:p_page_size]) k),
    'nextCursor', case when cardinality(v_pagina) > p_page_size then v_pagina[p_page_size]."cdApiKey" end);
end
$$;
comment on function public.get_api_keys(uuid, integer, uuid) is 'API keys that the caller manages, in pages, with their limits and last use.';
revoke all on function public.get_api_keys(uuid, integer, uuid) from public;
grant execute on function public.get_api_keys(uuid, integer, uuid) to authenticated, service_role;
-- end

-- from sql/60_rpc/10_rotacionar_api_key.sql
-- Makes a successor with the same rights and limits and lets the old key go on for p_nr_horas hours (0: it ends now), so
-- that devices in the field can be changed one after the other.
-- Who: admins of the owner's client, who may do all that the key may. Security definer: nobody writes keys by hand.
-- Raises PT400, PT401, PT403, PT404 NOT_FOUND, PT409, PT429.
create function public.rotacionar_api_key(p_cd_api_key uuid, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_gestao_de_chaves();
  v_velha public."TbApiKeys" := private.chave_administrada(v_chamador, p_cd_api_key);
begin
  if not coalesce(p_nr_horas between 0 and 720, false) then
    raise sqlstate 'PT400' using message = 'The old key may go on for 0 to 720 hours', hint = 'INVALID_PARAMETER';
  end if;
  if not v_velha."blAtiva" or v_velha."dtExpiracao" <= now() then
    raise sqlstate 'PT409' using message = 'This key has ended; make a new one', hint = 'CONFLICT';
  end if;
  perform private.exigir_alcance(
    v_chamador,
    coalesce(v_velha."cdClientes", (private.identidade_usuario(v_velha."cdUsuario"::text))."cdClientes"),
    v_velha."dsPermissoes");
  update public."TbApiKeys" k
  set "dtExpiracao" = least(k."dtExpiracao", now() + make_interval(hours => p_nr_horas)), "blAtiva" = p_nr_horas > 0
  where k."cdApiKey" = p_cd_api_key;
  return private.guardar_chave(v_velha);
end
$$;
comment on function public.rotacionar_api_key(uuid, integer) is 'Replaces an API key; the old one goes on for some hours.';
revoke all on function public.rotacionar_api_key(uuid, integer) from public;
grant execute on function public.rotacionar_api_key(uuid, integer) to authenticated, service_role;
-- end

-- from sql/60_rpc/11_revogar_api_key.sql
-- Ends a key at once: the next request with it is refused.
-- Who: admins of the owner's client. Security definer: nobody writes keys by hand. Raises PT401, PT403, PT404 NOT_FOUND.
create function public.revogar_api_key(p_cd_api_key uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbApiKeys" := private.chave_administrada(private.exigir('admin'), p_cd_api_key);
begin
  update public."TbApiKeys" k set "blAtiva" = false where k."cdApiKey" = p_cd_api_key returning k.* into v_chave;
  return private.descrever_chave(v_chave);
end
$$;
comment on function public.revogar_api_key(uuid) is 'Ends an API key at once.';
revoke all on function public.revogar_api_key(uuid) from public;
grant execute on function public.revogar_api_key(uuid) to authenticated, service_role;
-- end

-- from sql/60_rpc/12_limitar_api_key.sql
-- Sets the limits of a key, from the next call on.
-- p_nr_limite_minuto  calls a minute;  p_nr_cota_diaria  calls a day (UTC);  null: no limit
-- Who: admins of the owner's client. Security definer: nobody writes keys by hand.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.limitar_api_key(p_cd_api_key uuid, p_nr_limite_minuto integer default null,
                                       p_nr_cota_diaria integer default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbApiKeys" := private.chave_administrada(private.exigir_gestao_de_chaves(), p_cd_api_key);
begin
  perform private.exigir_limites(p_nr_limite_minuto, p_nr_cota_diaria);
  update public."TbApiKeys" k set "nrLimiteMinuto" = p_nr_limite_minuto, "nrCotaDiaria" = p_nr_cota_diaria
  where k."cdApiKey" = p_cd_api_key returning k.* into v_chave;
  return private.descrever_chave(v_chave);
end
$$;
comment on function public.limitar_api_key(uuid, integer, integer) is 'Sets how often an API key may be used.';
revoke all on function public.limitar_api_key(uuid, integer, integer) from public;
grant execute on function public.limitar_api_key(uuid, integer, integer) to authenticated, service_role;
-- end
