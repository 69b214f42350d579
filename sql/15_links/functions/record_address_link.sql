-- Records which clients have positions at an address, so that a policy need not search all positions.
-- Security definer: API roles may not write TbEnderecoVinculo.
create function private.record_address_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
  values (new."cdEndereco", new."cdCliente")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_address_link is 'Records that a client has a position at this address.';
revoke all on function private.record_address_link from public;
