-- When a client gets another parent, the logins of its devices that people of the former one made end, as
-- those know the secrets; as when a device moves to another client. Trigger function.
-- Security definer: whoever moves a client may not write logins.
create function private.end_logins_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now()
  from public."TbDispositivo" d, public.profiles p
  where d."cdCliente" = new."cdCliente" and c."cdDispositivo" = d."cdDispositivo"
    and p.id = c."cdUsuario" and p."cdCliente" = old."cdClientePai"
    and coalesce(c."dtExpiracao", 'infinity') > now();
  return null;
end
$$;
comment on function private.end_logins_of_client is
  'Ends the logins of a client''s devices that people of its former parent made.';
revoke all on function private.end_logins_of_client from public;
