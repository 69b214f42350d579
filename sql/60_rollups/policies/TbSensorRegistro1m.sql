-- Rollups and counters are seen by whom the rows they were made of are seen by. Nobody writes them but the upkeep.
create policy ler on public."TbSensorRegistro1m" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
