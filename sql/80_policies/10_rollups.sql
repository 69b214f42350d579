-- Rollups and counters are seen by whom the rows they were made of are seen by. Nobody writes them but the upkeep.
create policy ler on public."TbSensorRegistro1m" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbSensorRegistro5m" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbSensorRegistro1h" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbSensorRegistro1d" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbContagemDiaria" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
-- How long data is kept is seen by the people of a client; that for everybody by the service.
create policy ler on public."TbPoliticaRetencao" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
