-- Time series carry the owner at receipt: history stays with the client who owned the device then. No policy
-- lets an API role write them.
create policy ler on public."TbPosicao" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
