-- A key manages no key that may do more than itself: not for other clients, not more, not for longer and not
-- more often. Of people only the clients and permissions count, where a text is handed out
-- (private.require_key_scope). Called by the functions that make and change keys. Raises PT403 FORBIDDEN.
create function private.require_within_key(p_caller private.identity, p_key public."TbApiKeys") returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_caller."dsTipo" = 'key' and not exists (
    select from public."TbApiKeys" k
    where 'key:' || k."dsHash" = p_caller."dsChamador"
      and (p_caller.is_service or p_key."cdClientes" <@ p_caller."cdClientes")
      and p_key."dsPermissoes" <@ p_caller."dsPermissoes"
      and (k."dtExpiracao" is null or p_key."dtExpiracao" <= k."dtExpiracao")
      and (k."nrLimiteMinuto" is null or p_key."nrLimiteMinuto" <= k."nrLimiteMinuto")
      and (k."nrCotaDiaria" is null or p_key."nrCotaDiaria" <= k."nrCotaDiaria")) then
    raise sqlstate 'PT403' using message = 'A key cannot manage a key that may do more than itself',
      hint = 'FORBIDDEN';
  end if;
end
$$;
comment on function private.require_within_key is 'Refuses keys that may do more than the key that calls.';
revoke all on function private.require_within_key from public;
