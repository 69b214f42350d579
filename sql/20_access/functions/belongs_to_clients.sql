-- Whose admins list and end a key. Called by private.managed_key and by the policy on keys. Inlined: no SET
-- clause.
-- Who may call it: the API roles, for the policy.
create function private.belongs_to_clients(p_key public."TbApiKeys", p_clients integer[]) returns boolean
language sql immutable parallel safe as $$
  select coalesce(case
    when p_key."cdCliente" is not null then p_key."cdCliente" = any (p_clients)
    else p_key."cdClientes" <> '{}' and p_key."cdClientes" <@ p_clients
  end, false)
$$;
comment on function private.belongs_to_clients is
  'The key rests on one of these clients, or the service made it for them alone.';
revoke all on function private.belongs_to_clients from public;
grant execute on function private.belongs_to_clients to authenticated, service_role;
