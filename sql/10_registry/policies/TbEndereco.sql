-- An address is seen by its client, and by whoever sees a site or a position at it. It is changed by whoever
-- manages its client and every site at it, and deleted once no site is at it. Legacy addresses have no
-- client: until a site is at one, only the service sees it.
create policy ler on public."TbEndereco" for select to authenticated
  using ("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
    or exists (select from public."TbEnderecoVinculo" v where v."cdEndereco" = "TbEndereco"."cdEndereco")
    or "cdCliente" = any ((select private.visible_clients())::integer[])
    or (select private.is_service()));
create policy criar on public."TbEndereco" for insert to authenticated
  with check ("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())
    or "cdCliente" is null and (select private.managed_clients())::integer[] <> '{}');
create policy mudar on public."TbEndereco" for update to authenticated
  using (("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
      or "cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
    and not private.is_foreign_address("cdEndereco"))
  with check (("cdCliente" is null or "cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())) and not private.is_foreign_address("cdEndereco"));
create policy apagar on public."TbEndereco" for delete to authenticated
  using (("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
      or "cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
    and not private.is_foreign_address("cdEndereco"));
