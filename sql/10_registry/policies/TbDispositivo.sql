-- Who sees a device: its client, that client's parent, and the service. Who changes it: their admins.
create policy ler on public."TbDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbDispositivo" for insert to authenticated
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy mudar on public."TbDispositivo" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy apagar on public."TbDispositivo" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
