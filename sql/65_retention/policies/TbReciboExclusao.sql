-- Deletion on request is up to the service, and so are its receipts.
create policy ler on public."TbReciboExclusao" for select to authenticated
  using ((select private.is_service()));
