-- Positions of a device in a time range, wherever they are stored, as private.values_between.
-- p_until   excluded
-- Without SET clause, to be inlined. The device is an argument, as a join would not reach the chunks.
-- Who may call it: every API role; row-level security decides which rows.
create function private.positions_between(p_device integer, p_since timestamp, p_until timestamp)
returns setof series."TbPosicao"
language sql stable
begin atomic
  select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
         p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
  from series."TbPosicao" p
  where p."cdDispositivo" = p_device and p."dtRegistro" >= p_since and p."dtRegistro" < p_until
  union all
  select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo", u."cdCliente",
         u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea", u."nrPrecisao"
  from private.unpacked_positions(p_since, p_until) u
  where u."cdDispositivo" = p_device;
end;
comment on function private.positions_between is
  'Positions of a device in a time range, wherever they are stored.';
revoke all on function private.positions_between from public;
grant execute on function private.positions_between to authenticated, service_role;
