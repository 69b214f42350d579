-- Types without a client are the same for everybody who is signed in, and changed by the service. Others are
-- seen by the people of their client and changed by its admins.
create policy ler on public."TbTipoSensor" for select to authenticated
  using ("cdCliente" is null or "cdCliente" = any ((select private.visible_clients())::integer[])
    or (select private.is_service()));
create policy criar on public."TbTipoSensor" for insert to authenticated
  with check ("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service()));
create policy mudar on public."TbTipoSensor" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check ("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service()));
create policy apagar on public."TbTipoSensor" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
