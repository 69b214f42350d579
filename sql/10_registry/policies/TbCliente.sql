-- Rows that carry cdCliente are read by the people of the client and changed by its admins; rows without a
-- client by the service only. The functions run once per statement. What a row may refer to is checked by a
-- trigger (private.refuse_foreign_reference).
create policy ler on public."TbCliente" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbCliente" for insert to authenticated
  with check ("cdClientePai" = any ((select private.managed_clients())::integer[])
    or (select private.is_service()));
create policy mudar on public."TbCliente" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy apagar on public."TbCliente" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
