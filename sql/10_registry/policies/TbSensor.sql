-- Rows that belong to a device, product or site: whoever reaches that row reaches them. The subselects obey the policies of
-- the tables they read.
create policy ler on public."TbSensor" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));
create policy criar on public."TbSensor" for insert to authenticated
  with check ("cdDispositivo" in (select private.managed_devices()));
create policy mudar on public."TbSensor" for update to authenticated
  using ("cdDispositivo" in (select private.managed_devices()))
  with check ("cdDispositivo" in (select private.managed_devices()));
create policy apagar on public."TbSensor" for delete to authenticated
  using ("cdDispositivo" in (select private.managed_devices()));
