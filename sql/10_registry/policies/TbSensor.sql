-- Who sees a sensor: whoever sees its device (policies of TbDispositivo, which the subselect obeys). Who
-- changes it: admins of the client that owns the device (private.managed_devices). Who sees its
-- history: the owner at receipt, policies of TbSensorRegistro.
create policy ler on public."TbSensor" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));
create policy criar on public."TbSensor" for insert to authenticated
  with check ("cdDispositivo" in (select private.managed_devices()));
create policy mudar on public."TbSensor" for update to authenticated
  using ("cdDispositivo" in (select private.managed_devices()))
  with check ("cdDispositivo" in (select private.managed_devices()));
create policy apagar on public."TbSensor" for delete to authenticated
  using ("cdDispositivo" in (select private.managed_devices()));
