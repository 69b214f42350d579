-- The room 50_views. Pasted from sql/ by scripts/new-migration.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- sql/50_views/01_VwTbPosicaoAtual.sql
create view public."VwTbPosicaoAtual" with (security_invoker = true) as
select pa."cdPosicao", pa."dtRegistro", pa."cdDispositivo", pa."dsLat", pa."dsLong",
       e."dsLogradouro" as "dsEndereco", e."nrNumero" as "dsNum", e."dsCep", e."dsBairro", e."dsCidade", e."dsUF",
       pa."nrBat", p."nrCodigo", d."cdProduto", p."dsNome" as "dsProduto", p."dsDescricao", d."cdStatus", pa."blArea",
       d."cdCliente", pa."dtCoordenada", pa."dtBateria", pa."dtAlteracao"
from public."TbPosicaoAtual" pa
join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo"
left join public."TbProduto" p on p."cdProduto" = d."cdProduto"
left join public."TbEndereco" e on e."cdEndereco" = pa."cdEndereco";
revoke all on public."VwTbPosicaoAtual" from public, anon, authenticated;
grant select on public."VwTbPosicaoAtual" to authenticated, service_role;
comment on view public."VwTbPosicaoAtual" is 'Latest position of each device by time, with device and product. dtCoordenada and dtBateria say how old coordinates and battery are.';

-- sql/50_views/02_VwProdutosFora.sql
create view public."VwProdutosFora" with (security_invoker = true) as
select d."cdProduto", count(*) as dispositivo_count
from public."TbPosicaoAtual" pa
join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo"
where not pa."blArea" and d."cdProduto" is not null
group by d."cdProduto";
revoke all on public."VwProdutosFora" from public, anon, authenticated;
grant select on public."VwProdutosFora" to authenticated, service_role;
comment on view public."VwProdutosFora" is 'How many devices of a product are outside their geofence now.';
