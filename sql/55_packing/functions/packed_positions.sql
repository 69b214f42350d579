-- Packed positions of a device in a time range; chunks outside it are not unpacked.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.packed_positions(p_device integer, p_since timestamp, p_until timestamp)
returns setof series."TbPosicao"
language sql stable
begin atomic
  select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo", u."cdCliente",
         u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea", u."nrPrecisao"
  from private.unpacked_positions(p_since, p_until) u
  where u."cdDispositivo" = p_device;
end;
comment on function private.packed_positions is 'Packed positions of a device in a time range.';
revoke all on function private.packed_positions from public;
grant execute on function private.packed_positions to authenticated, service_role;
