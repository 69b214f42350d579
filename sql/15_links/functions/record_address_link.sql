create function private.record_address_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
  values (new."cdEndereco", new."cdCliente")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_address_link is 'Notes the client of a report at an address.';
revoke all on function private.record_address_link from public;
