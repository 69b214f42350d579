-- All positions, wherever they are stored. Written by ingestion only, which knows series."TbPosicao". Of
-- packed history the chunks of other devices and clients are not unpacked; by time functions choose them
-- better (private.positions_between).
create view public."TbPosicao" with (security_invoker = true) as
select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo",
       p."cdCliente", p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea",
       p."nrPrecisao"
from series."TbPosicao" p
union all
select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo",
       u."cdCliente", u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea",
       u."nrPrecisao"
from private.unpacked_positions('-infinity', 'infinity') u;
revoke all on public."TbPosicao" from public, anon, authenticated;
grant select on public."TbPosicao" to authenticated, service_role;
comment on view public."TbPosicao" is
  'Positions of devices, with battery and sequence number. Read only: ingestion writes them.';
comment on column public."TbPosicao"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbPosicao"."nrBat" is
  'Battery voltage in volts, whatever the device sends (cdUnidadeBat of TbDispositivo).';
comment on column public."TbPosicao"."nrDistancia" is
  'Geodesic distance in metres from the site the device had at receipt.';
comment on column public."TbPosicao"."nrPrecisao" is
  'Precision of the coordinates in metres: a device is inside its geofence where it may be. Null when not '
  'sent.';
comment on column public."TbPosicao"."cdEndereco" is 'Address found by the geocoding job, if any.';
comment on column public."TbPosicao"."cdCliente" is
  'Who owned the device when the position was received; decides for good who sees the row, and is part of '
  'the key: what a former owner sent is never compared with what a new one sends.';
comment on column public."TbPosicao"."nrSeq" is
  'Sequence number given by the device; part of the key, null counts as a value.';
comment on column public."TbPosicao"."dsLat" is
  'Latitude in degrees, WGS 84, rounded to 5 decimals; null when not sent.';
comment on column public."TbPosicao"."dsLong" is
  'Longitude in degrees, WGS 84, rounded to 5 decimals; null when not sent.';
comment on column public."TbPosicao"."blArea" is
  'Inside the geofence of the site; null when the site or its coordinates are missing.';
