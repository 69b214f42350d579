-- Views leave out the dirty hours of the rollups that they read. Those of other clients, however many, are
-- not even looked at.
create policy ler on private."TbRollupPendente" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
