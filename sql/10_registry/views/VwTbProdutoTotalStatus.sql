create view public."VwTbProdutoTotalStatus" with (security_invoker = true) as
select p."cdProduto", p."dsNome", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt",
       d."cdStatus" as "StatusDispositivo", count(*) as "nrQtde",
       (sum(count(*)) over (partition by p."cdProduto", d."cdCliente"))::bigint as "QtdeTotal", d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto"
group by p."cdProduto", d."cdCliente", d."cdStatus";
revoke all on public."VwTbProdutoTotalStatus" from public, anon, authenticated;
grant select on public."VwTbProdutoTotalStatus" to authenticated, service_role;
comment on view public."VwTbProdutoTotalStatus" is
  'How many devices of each product a client has, by their status; QtdeTotal of any status.';
