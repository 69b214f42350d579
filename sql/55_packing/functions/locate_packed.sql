-- Gives a packed position that has coordinates an address, in its chunk; its checksum follows. Whether there
-- is such a position. Called by private.apply_addresses.
create function private.locate_packed(p_device integer, p_time timestamp, p_client integer, p_position bigint,
  p_address integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_chunk bigint;
begin
  select c."cdPacote" into v_chunk from series."TbPosicaoFria" c
  where c."cdDispositivo" = p_device and c."cdCliente" = p_client and not c."blDanificado"
    and c."dtPrimeiro" between date_trunc('month', p_time) and p_time and c."dtUltimo" >= p_time
  for update;
  if not (select private.is_sound_positions(c.ctid)
          from series."TbPosicaoFria" c where c."cdPacote" = v_chunk) then
    return false; -- it keeps its digest, by which reads see that it is damaged
  end if;
  with target as materialized (
    select private.replace_integer(c."pcEndereco", c."nrQtd", n, p_address) as addresses,
           c."nrVerificacao" # hash_record_extended(p, 0) # hash_record_extended(row(
             p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo",
             p."cdCliente", p."nrSeq", p."cdDestinatario", p_address, p."nrDistancia", p."blArea",
             p."nrPrecisao"), 0) as checksum
    from series."TbPosicaoFria" c
    cross join lateral unnest(private.find_in_packed(c."pcPosicao", c."nrQtd", p_position)) n
    cross join private.packed_position(p_device, p_time, p_client, null, p_position) p
    where c."cdPacote" = v_chunk and p."dsLat" is not null
  )
  update series."TbPosicaoFria" c
  set "pcEndereco" = t.addresses, "nrVerificacao" = t.checksum, "nrResumo" = private.digest_of_positions(
        c."cdDispositivo", c."cdCliente", c."dtPrimeiro", c."dtUltimo", c."nrQtd", t.checksum,
        c."pcRegistro", c."pcSeq", c."pcPosicao", c."pcLat", c."pcLong", c."pcPrecisao", c."pcBat",
        c."pcDestinatario", t.addresses, c."arDistancia", c."arArea")
  from target t where c."cdPacote" = v_chunk;
  return found;
end
$$;
comment on function private.locate_packed is 'Gives a packed position an address.';
revoke all on function private.locate_packed from public;
