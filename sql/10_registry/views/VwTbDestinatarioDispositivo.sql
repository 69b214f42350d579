create view public."VwTbDestinatarioDispositivo" with (security_invoker = true) as
select t."cdDestinatario", e."dsLat", e."dsLong", t."nrRaio", d."cdDispositivo", d."cdCliente"
from public."TbDispositivo" d
join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
left join public."TbEndereco" e on e."cdEndereco" = t."cdEndereco";
revoke all on public."VwTbDestinatarioDispositivo" from public, anon, authenticated;
grant select on public."VwTbDestinatarioDispositivo" to authenticated, service_role;
comment on view public."VwTbDestinatarioDispositivo" is
  'Site of each device, with the centre (degrees) and radius (metres) of its geofence.';
