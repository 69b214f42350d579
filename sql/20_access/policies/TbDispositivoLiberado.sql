-- Seen by whoever sees the device, changed by the service only: anybody can send as a device without
-- credentials.
create policy ler on public."TbDispositivoLiberado" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));
create policy criar on public."TbDispositivoLiberado" for insert to authenticated
  with check ((select private.is_service()));
create policy mudar on public."TbDispositivoLiberado" for update to authenticated
  using ((select private.is_service())) with check ((select private.is_service()));
create policy apagar on public."TbDispositivoLiberado" for delete to authenticated
  using ((select private.is_service()));
