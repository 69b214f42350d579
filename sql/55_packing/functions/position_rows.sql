-- Positions that are stored as rows, not packed, as private.value_rows.
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.position_rows() returns setof series."TbPosicao"
language sql stable
begin atomic
  select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
         p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
  from series."TbPosicao" p;
end;
comment on function private.position_rows is 'Positions that are stored as rows, not packed.';
revoke all on function private.position_rows from public;
grant execute on function private.position_rows to authenticated, service_role;
