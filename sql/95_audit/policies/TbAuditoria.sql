-- Admins see the entries of their clients.
create policy ler on public."TbAuditoria" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
