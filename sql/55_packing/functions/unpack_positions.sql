-- Puts packed positions back as rows, chunk by chunk: of these devices, chunks that begin before a time. For
-- what deletes rows and says of each that it did; what is left is packed again with the late rows. Chunks
-- that are damaged are deleted: their rows are lost. Returns how many rows.
create function private.unpack_positions(p_devices integer[], p_until timestamp) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  v_marking text := current_setting('rastro.dirty_marking', true);
  v_rows bigint;
  v_chunks bigint[] := array(
    select c."cdPacote" from series."TbPosicaoFria" c
    where c."cdDispositivo" = any (p_devices) and c."dtPrimeiro" < p_until
    order by c."cdPacote" for update);
begin
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- no hour says anything else afterwards
  perform set_config('rastro.current_positions', 'are later', true); -- what is packed is old
  loop
    begin
      insert into series."TbPosicao" (
        "cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo", "cdCliente", "nrSeq",
        "cdDestinatario", "cdEndereco", "nrDistancia", "blArea", "nrPrecisao")
      select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo",
             u."cdCliente", u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea",
             u."nrPrecisao"
      from private.unpacked_positions('-infinity', 'infinity') u
      where u."cdPacote" = any (v_chunks);
      get diagnostics v_rows = row_count;
      exit;
    exception when sqlstate 'PT500' then
      if private.mark_damaged('TbPosicaoFria', v_chunks) = 0 then
        raise;
      end if; -- now they are left out
    end;
  end loop;
  delete from series."TbPosicaoFria" c where c."cdPacote" = any (v_chunks);
  perform set_config('rastro.dirty_marking', coalesce(v_marking, ''), true);
  return v_rows;
end
$$;
comment on function private.unpack_positions is
  'Puts packed positions of devices back as rows; returns how many.';
revoke all on function private.unpack_positions from public;
