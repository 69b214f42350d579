-- A new key rests on its owner's membership of a client, as it is at this moment: cdCliente is set here and
-- nowhere else, and a key that names no clients gets those that its owner sees now, so that it does not grow
-- with them. Keys of the service rest on no client, and may name none. The owner's profile is locked, so that
-- somebody who is removed at the same moment is not left with a key. Trigger function.
-- Security definer: runs as a trigger, whoever makes the key.
create function private.bind_key() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_owner private.identity;
begin
  perform private.lock_profile(new."cdUsuario");
  v_owner := private.user_identity(new."cdUsuario"::text);
  new."cdCliente" := case when not v_owner.is_service then v_owner."cdCliente" end;
  if v_owner.is_service is distinct from true then
    new."cdClientes" := coalesce(new."cdClientes", v_owner."cdClientes", '{}');
  end if;
  return new;
end
$$;
comment on function private.bind_key is 'Binds a new key to the client of its owner.';
revoke all on function private.bind_key from public;
