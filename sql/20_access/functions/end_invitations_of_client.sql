-- The admins of a client's parent can read its invitations. When it gets another parent, those of the former
-- one must not join by them. Trigger function.
-- Security definer: runs as a trigger, whoever changes the client.
create function private.end_invitations_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbClienteChave" k set "dtExpiracao" = now()
  where k."cdCliente" = new."cdCliente" and coalesce(k."dtExpiracao", 'infinity') > now();
  return null;
end
$$;
comment on function private.end_invitations_of_client is
  'Ends the invitations of a client that gets another parent.';
revoke all on function private.end_invitations_of_client from public;
