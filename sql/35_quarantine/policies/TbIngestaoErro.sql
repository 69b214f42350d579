-- Admins see the quarantine of the clients they manage; what belongs to no client, only the service sees.
create policy ler on public."TbIngestaoErro" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
