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
