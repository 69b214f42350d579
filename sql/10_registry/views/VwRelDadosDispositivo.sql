-- Coordinates are the position's own; its address is the one found for it, if any.
create view public."VwRelDadosDispositivo" with (security_invoker = true) as
select d."cdProduto", p."dsNome", d."cdDispositivo",
       round((least(pa."nrBat", 3.7) / 3.7 * 100)::numeric, 2) as "nrBat",
       t."dsNome" as "dsNomeDest", te."dsLogradouro" as "dsEnderecoDest", te."nrNumero" as "nrNumeroDest",
       te."dsBairro" as "dsBairroDest", te."dsCidade" as "dsCidadeDest", te."dsUF" as "dsUfDest",
       te."dsCep" as "dsCepDest", te."dsLat" as "dsLatDest", te."dsLong" as "dsLongDest",
       t."nrRaio" as "dsRaio",
       e."dsLogradouro" as "dsEnderecoAtual", e."nrNumero" as "dsNumeroAtual",
       e."dsBairro" as "dsBairroAtual", e."dsCidade" as "dsCidadeAtual", e."dsUF" as "dsUFAtual",
       e."dsCep" as "dsCEPAtual",
       pa."dsLat" as "dsLatAtual", pa."dsLong" as "dsLongAtual", pa."blArea", pa."dtRegistro",
       d."dtRegistro" as "dtCadastro", d."cdCliente"
from public."TbDispositivo" d
join public."TbPosicaoAtual" pa on pa."cdDispositivo" = d."cdDispositivo" and pa."cdCliente" = d."cdCliente"
join public."TbProduto" p on p."cdProduto" = d."cdProduto"
left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
left join public."TbEndereco" te on te."cdEndereco" = t."cdEndereco"
left join public."TbEndereco" e on e."cdEndereco" = pa."cdEndereco";
revoke all on public."VwRelDadosDispositivo" from public, anon, authenticated;
grant select on public."VwRelDadosDispositivo" to authenticated, service_role;
comment on view public."VwRelDadosDispositivo" is
  'Devices of products: their site (Dest) and where they are now (Atual). nrBat is a percentage.';
comment on column public."VwRelDadosDispositivo"."dtRegistro" is 'Time (UTC) of the current position.';
comment on column public."VwRelDadosDispositivo"."dtCadastro" is 'When the device was registered.';
