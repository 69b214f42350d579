-- The stored position of a device, time, client and nrSeq, packed or not. Packs are looked at for packed time
-- only. With nrSeq in the condition the unique index finds it, however many have this time.
-- Inlined: no SET clause. Who may call it: every API role; row-level security decides which rows.
create function private.stored_position(p_device integer, p_time timestamp, p_client integer,
  p_seq bigint) returns setof series."TbPosicao"
language sql stable
begin atomic
  select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
         p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
  from series."TbPosicao" p
  where p."cdDispositivo" = p_device and p."dtRegistro" = p_time and p."cdCliente" = p_client
    and p."nrSeq" = p_seq
  union all
  select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
         p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
  from series."TbPosicao" p
  where p."cdDispositivo" = p_device and p."dtRegistro" = p_time and p."cdCliente" = p_client
    and p."nrSeq" is null and p_seq is null
  union all
  select f.* from private.packed_position(p_device, p_time, p_client, p_seq) f
  where p_time < (select private.packed_before());
end;
comment on function private.stored_position is
  'The stored position of a device, time, client and nrSeq, packed or not.';
revoke all on function private.stored_position from public;
grant execute on function private.stored_position to authenticated, service_role;
