-- The one place where an identity is built, always called with named arguments. Inlined: no SET clause.
create function private.make_identity(
  p_kind text, p_caller text, p_client integer, p_clients integer[], p_permissions text[],
  p_is_service boolean
) returns private.identity
language sql immutable parallel safe as $$
  select row(p_kind, p_caller, p_client, p_clients, p_permissions, p_is_service)::private.identity
$$;
comment on function private.make_identity is 'An identity of these fields.';
revoke all on function private.make_identity from public;
