-- A caller that acts for all clients, such as a gateway, is not charged itself: what it sends is shown and
-- charged to the client that the element names or that owns the device.
create function private.quarantine_clients(p_caller private.identity, p_element jsonb, p_owner integer)
returns integer[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when not p_caller.is_service then p_caller."cdClientes"
    when private.read_integer(p_element -> 'cdCliente') = any (p_caller."cdClientes")
      then array[private.read_integer(p_element -> 'cdCliente')]
    else array_remove(array[p_owner], null)
  end
$$;
comment on function private.quarantine_clients is
  'Clients whose admins see a quarantined element.';
revoke all on function private.quarantine_clients from public;
