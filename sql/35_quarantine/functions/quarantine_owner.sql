-- Whose quarantine a payload goes to: that of the owner of the device it names, where the caller has a
-- right to that device. Otherwise it is the caller's own, whatever it names, so that nobody fills the
-- quarantine of others, and it looks as if the device did not exist. A caller that acts for all clients, or
-- for some that are not its own and its children, such as a gateway, vouches for the client that it states.
-- p_stated  cdCliente as the payload has it: must be the owner or its parent
-- Called by private.quarantine_elements and public.quarentenar_payload. Inlined: no SET clause, full names.
create function private.quarantine_owner(p_caller private.identity, p_stated integer, p_device integer)
returns table ("cdCliente" integer, is_own_device boolean)
language sql stable as $$
  select c.client, coalesce(d."cdCliente" = c.client, false)
  from (values (1)) one
  left join public."TbDispositivo" d on d."cdDispositivo" = p_device
  left join public."TbCliente" owner on owner."cdCliente" = d."cdCliente"
  left join public."TbCliente" stated on stated."cdCliente" = p_stated
  cross join lateral (
    select case
      when d."cdCliente" = any (p_caller."cdClientes")
        and (p_stated is null or p_stated in (d."cdCliente", owner."cdClientePai")) then d."cdCliente"
      when p_stated = any (p_caller."cdClientes")
        and (p_caller.is_service or stated."cdClientePai" is distinct from p_caller."cdCliente") then p_stated
      when not p_caller.is_service then p_caller."cdCliente"
    end as client
  ) c
$$;
comment on function private.quarantine_owner is
  'The client whose quarantine a payload goes to, and whether the device it names is that client''s.';
revoke all on function private.quarantine_owner from public;
