-- Seen by whoever sees the device, changed by the service only, and by no key of it: anybody can send as a
-- device without credentials, for longer than the key may last.
create policy ler on public."TbDispositivoLiberado" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));
create policy criar on public."TbDispositivoLiberado" for insert to authenticated
  with check ((select private.is_service()) and (select private.current_user_id()) is not null);
create policy mudar on public."TbDispositivoLiberado" for update to authenticated
  using ((select private.is_service()) and (select private.current_user_id()) is not null)
  with check ((select private.is_service()) and (select private.current_user_id()) is not null);
create policy apagar on public."TbDispositivoLiberado" for delete to authenticated
  using ((select private.is_service()) and (select private.current_user_id()) is not null);
