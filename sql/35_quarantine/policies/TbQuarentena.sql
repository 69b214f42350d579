-- As for TbIngestaoErro.
create policy ler on public."TbQuarentena" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
