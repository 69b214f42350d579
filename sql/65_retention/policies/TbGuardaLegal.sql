-- Admins see the holds of their clients.
create policy ler on public."TbGuardaLegal" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
