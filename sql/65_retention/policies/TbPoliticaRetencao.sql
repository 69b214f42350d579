-- How long data is kept is seen by the people of a client; that for everybody by the service.
create policy ler on public."TbPoliticaRetencao" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
