-- Admins see the enrolment codes of their clients.
create policy ler on public."TbClienteChave" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
