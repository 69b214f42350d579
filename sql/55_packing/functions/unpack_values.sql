-- Puts packed values back as rows, chunk by chunk: of these sensors, chunks that begin before a time. For
-- what deletes rows and says of each that it did; what is left is packed again with the late rows. Chunks
-- that are damaged are deleted: their rows are lost. Returns how many rows.
create function private.unpack_values(p_sensors integer[], p_until timestamp) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  v_marking text := current_setting('rastro.dirty_marking', true);
  v_rows bigint;
  v_chunks bigint[] := array(
    select c."cdPacote" from series."TbSensorRegistroFrio" c
    where c."cdSensor" = any (p_sensors) and c."dtPrimeiro" < p_until
    order by c."cdPacote" for update);
begin
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- no hour says anything else afterwards
  loop
    begin
      insert into series."TbSensorRegistro" (
        "dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente", "cdProdutoItem",
        "nrQualidade", "blValor", "dsValor")
      select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
             u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
      from private.unpacked_values('-infinity', 'infinity') u
      where u."cdPacote" = any (v_chunks);
      get diagnostics v_rows = row_count;
      exit;
    exception when sqlstate 'PT500' then
      if private.mark_damaged('TbSensorRegistroFrio', v_chunks) = 0 then
        raise;
      end if; -- now they are left out
    end;
  end loop;
  delete from series."TbSensorRegistroFrio" c where c."cdPacote" = any (v_chunks);
  perform set_config('rastro.dirty_marking', coalesce(v_marking, ''), true);
  return v_rows;
end
$$;
comment on function private.unpack_values is
  'Puts packed values of sensors back as rows; returns how many.';
revoke all on function private.unpack_values from public;
