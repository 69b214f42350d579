-- Rollups and counters are visible to whom the rows they were made from are visible. Only maintenance writes
-- them.
create policy ler on series."TbSensorRegistro1m" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
