-- A client that is deleted, or gets another parent, leaves the keys that act for it through that parent; a
-- key that then acts for no client has ended. Stored, so that nothing revives when the client comes back.
-- Trigger function.
-- Security definer: runs as a trigger, whoever changes the client.
create function private.end_keys_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbApiKeys" k
  set "cdClientes" = array_remove(k."cdClientes", old."cdCliente"),
      "blAtiva" = array_remove(k."cdClientes", old."cdCliente") <> '{}'
  where k."blAtiva" and old."cdCliente" = any (k."cdClientes")
    and (tg_op = 'DELETE'
         or k."cdCliente" = old."cdClientePai" and new."cdClientePai" is distinct from old."cdClientePai");
  return null;
end
$$;
comment on function private.end_keys_of_client is
  'Takes a client that is deleted or gets another parent from the keys that acted for it.';
revoke all on function private.end_keys_of_client from public;
