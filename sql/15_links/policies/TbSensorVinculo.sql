-- Of a device that moved, the items that its sensors counted for the former owner are not shown.
create policy ler on public."TbSensorVinculo" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d)
    and ("cdProdutoItem" is null
      or "cdProdutoItem" in (select i."cdProdutoItem" from public."TbProdutoItem" i)));
