-- Ends the invitations whose text a person knows: the one it joined by, and those it could list, as an admin
-- of the client and its children, or as the service. The person could otherwise come back by one of them,
-- with another account if not with this one. Called by the triggers on people and accounts.
create function private.end_known_invitations(p_person public.profiles) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  with known as materialized (
    select k.id from public."TbClienteChave" k
    where coalesce(k."dtExpiracao", 'infinity') > now()
      and (k.id = p_person."cdChave"
           or p_person.role = 'service'
           or p_person.role = 'admin' and exists (
             select from public."TbCliente" c
             where c."cdCliente" = k."cdCliente"
               and p_person."cdCliente" in (c."cdCliente", c."cdClientePai")))
    order by k.id for update of k -- one lock order for all callers
  )
  update public."TbClienteChave" k set "dtExpiracao" = now() from known where k.id = known.id;
end
$$;
comment on function private.end_known_invitations is 'Ends the invitations that a person used or could read.';
revoke all on function private.end_known_invitations from public;
