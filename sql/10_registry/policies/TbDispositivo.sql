-- Who sees a device: its client, that client's parent, and the service. Who changes it: their admins. A new
-- one names sites and products that its creator manages (of one that changes, a trigger knows what changes).
create policy ler on public."TbDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbDispositivo" for insert to authenticated
  with check ((select private.is_service())
    or "cdCliente" = any ((select private.managed_clients())::integer[])
      and ("cdDestinatario" is null or exists (
        select from public."TbDestinatario" t where t."cdDestinatario" = "TbDispositivo"."cdDestinatario"
          and t."cdCliente" = any ((select private.managed_clients())::integer[])))
      and ("cdProduto" is null or exists (
        select from public."TbProduto" p where p."cdProduto" = "TbDispositivo"."cdProduto"
          and p."cdCliente" = any ((select private.managed_clients())::integer[]))));
create policy mudar on public."TbDispositivo" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy apagar on public."TbDispositivo" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
