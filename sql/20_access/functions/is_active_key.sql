-- When an API key ends: it expires at dtExpiracao, if it has one, or it is revoked. Called by
-- private.key_identity for every request with a key. Inlined: no SET clause.
create function private.is_active_key(p_key public."TbApiKeys") returns boolean
language sql stable parallel safe as $$
  select p_key."blAtiva" and (p_key."dtExpiracao" is null or p_key."dtExpiracao" > now())
$$;
comment on function private.is_active_key is 'The key has neither expired nor been revoked.';
revoke all on function private.is_active_key from public;
