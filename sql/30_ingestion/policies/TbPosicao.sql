-- Time series carry the owner at receipt: history stays with the client who owned the device then. No policy
-- lets an API role write them.
-- Clients are hashed, here and on all that is made of these rows: an array would be compared in the index,
-- which is then searched once for each client, wherever a device or sensor and a time are looked for.
create policy ler on series."TbPosicao" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
