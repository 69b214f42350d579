create view public."VwTbPosicaoAtual" with (security_invoker = true) as
select pa."cdPosicao", pa."dtRegistro", pa."cdDispositivo", pa."dsLat", pa."dsLong",
       e."dsLogradouro" as "dsEndereco", e."nrNumero" as "dsNum", e."dsCep", e."dsBairro", e."dsCidade",
       e."dsUF", pa."nrBat", p."nrCodigo", p."cdProduto", p."dsNome" as "dsProduto", p."dsDescricao",
       d."cdStatus", pa."blArea", d."cdCliente", pa."dtCoordenada", pa."dtBateria", pa."dtAlteracao",
       pa."nrPrecisao"
from public."TbPosicaoAtual" pa
join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo" and d."cdCliente" = pa."cdCliente"
left join public."TbProduto" p on p."cdProduto" = d."cdProduto"
left join public."TbEndereco" e on e."cdEndereco" = pa."cdEndereco";
revoke all on public."VwTbPosicaoAtual" from public, anon, authenticated;
grant select on public."VwTbPosicaoAtual" to authenticated, service_role;
comment on view public."VwTbPosicaoAtual" is
  'Current position of each device under its present owner, with device and product. cdProduto is null when '
  'it is not visible.';
comment on column public."VwTbPosicaoAtual"."dtCoordenada" is 'Time (UTC) of the coordinates shown.';
comment on column public."VwTbPosicaoAtual"."dtBateria" is 'Time (UTC) of the battery voltage shown.';
comment on column public."VwTbPosicaoAtual"."nrPrecisao" is
  'Precision (metres) of the coordinates shown; null: not stated.';
