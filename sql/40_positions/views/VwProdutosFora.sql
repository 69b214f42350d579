create view public."VwProdutosFora" with (security_invoker = true) as
select d."cdProduto", count(*) as dispositivo_count
from public."TbPosicaoAtual" pa
join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo" and d."cdCliente" = pa."cdCliente"
where not pa."blArea" and d."cdProduto" is not null
group by d."cdProduto";
revoke all on public."VwProdutosFora" from public, anon, authenticated;
grant select on public."VwProdutosFora" to authenticated, service_role;
comment on view public."VwProdutosFora" is 'How many devices of a product are outside their geofence now.';
