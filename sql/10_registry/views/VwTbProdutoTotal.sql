create view public."VwTbProdutoTotal" with (security_invoker = true) as
select p."dsNome", p."cdProduto", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt",
       count(*) as "nrQtde", d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto"
group by p."cdProduto", d."cdCliente";
revoke all on public."VwTbProdutoTotal" from public, anon, authenticated;
grant select on public."VwTbProdutoTotal" to authenticated, service_role;
comment on view public."VwTbProdutoTotal" is 'How many devices of each product a client has.';
