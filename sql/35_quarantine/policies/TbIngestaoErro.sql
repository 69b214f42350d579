-- Admins of any client concerned see what is in quarantine.
create policy ler on public."TbIngestaoErro" for select to authenticated
  using ("cdClientes" && (select private.managed_clients())::integer[] or (select private.is_service()));
