-- A key manages no key that may do more than itself: not for other clients, not more, not for longer and not
-- more often; nor one that it was made by, however little that may do. Of people only the clients and
-- permissions count, where a text is handed out (private.require_key_scope). Called by the functions that
-- make and change keys. Raises PT403 FORBIDDEN.
create function private.require_within_key(p_caller private.identity, p_key public."TbApiKeys") returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_calling public."TbApiKeys" := private.calling_key(p_caller);
begin
  if p_caller."dsTipo" = 'key' and not coalesce(
       (p_caller.is_service or p_key."cdClientes" <@ p_caller."cdClientes")
       and p_key."dsPermissoes" <@ p_caller."dsPermissoes"
       and (v_calling."dtExpiracao" is null or p_key."dtExpiracao" <= v_calling."dtExpiracao")
       and (v_calling."nrLimiteMinuto" is null or p_key."nrLimiteMinuto" <= v_calling."nrLimiteMinuto")
       and (v_calling."nrCotaDiaria" is null or p_key."nrCotaDiaria" <= v_calling."nrCotaDiaria"), false) then
    raise sqlstate 'PT403' using message = 'A key cannot manage a key that may do more than itself',
      hint = 'FORBIDDEN';
  elsif p_key."cdApiKey" in (select k."cdApiKey" from private.key_lineage(v_calling."cdApiKeyMae") k) then
    raise sqlstate 'PT403' using message = 'A key cannot manage the key that made it', hint = 'FORBIDDEN';
  end if;
end
$$;
comment on function private.require_within_key is 'Refuses keys that may do more than the key that calls.';
revoke all on function private.require_within_key from public;
