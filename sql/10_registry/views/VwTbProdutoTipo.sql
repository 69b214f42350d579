create view public."VwTbProdutoTipo" with (security_invoker = true) as
select p."cdProduto", p."dsNome", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt",
       p."cdStatus", d."cdDispositivo", d."dsDispositivo", d."dsModelo",
       d."dsDescricao" as "DescDispositivo", d."dsObs", d."dsLayout", d."nrChip",
       d."cdStatus" as "StatusDispositivo", d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto";
revoke all on public."VwTbProdutoTipo" from public, anon, authenticated;
grant select on public."VwTbProdutoTipo" to authenticated, service_role;
comment on view public."VwTbProdutoTipo" is
  'Products with each of their devices. cdCliente: of the device.';
