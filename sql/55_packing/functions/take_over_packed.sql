-- Gives a packed value to another position, as private.take_over_values does with one that is not packed: the
-- chunk is changed where it is, its checksum with it. Whether it still belonged to the position seen.
-- Raises data_corrupted: a damaged chunk is not signed anew.
create function private.take_over_packed(p_sensor integer, p_time timestamp, p_client integer,
  p_owner_position bigint, p_position bigint) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_chunk bigint;
begin
  select c."cdPacote" into v_chunk from series."TbSensorRegistroFrio" c
  where c."cdSensor" = p_sensor and c."cdCliente" = p_client and not c."blDanificado"
    and c."dtPrimeiro" between date_trunc('month', p_time) and p_time and c."dtUltimo" >= p_time
  for update;
  if not (select private.is_sound_values(c.ctid)
          from series."TbSensorRegistroFrio" c where c."cdPacote" = v_chunk) then
    raise data_corrupted using message = format('Chunk %s of TbSensorRegistroFrio is damaged', v_chunk);
  end if;
  with target as materialized (
    select private.replace_integer(c."pcPosicao", c."nrQtd", n, p_position) as places,
           c."nrVerificacao" # hash_record_extended(v, 0) # hash_record_extended(row(
             v."dtRegistro", v."nrValor", p_position, v."cdSensor", v."cdDispositivo", v."cdCliente",
             v."cdProdutoItem", v."nrQualidade", v."blValor", v."dsValor"), 0) as checksum
    from series."TbSensorRegistroFrio" c
    cross join lateral unnest(private.find_times(
      c."pcRegistro", c."nrQtd", round(date_part('epoch', p_time - c."dtPrimeiro") * 1000000)::bigint)) n
    cross join private.packed_value(p_sensor, p_time, p_client) v
    where c."cdPacote" = v_chunk and v."cdPosicao" is not distinct from p_owner_position
  )
  update series."TbSensorRegistroFrio" c
  set "pcPosicao" = t.places, "nrVerificacao" = t.checksum, "nrResumo" = private.digest_of_values(
        c."cdSensor", c."cdCliente", c."dtPrimeiro", c."dtUltimo", c."nrQtd", t.checksum, c."pcRegistro",
        c."pcValor", c."arBooleano", c."arTexto", c."pcQualidade", c."pcDispositivo", c."pcProdutoItem",
        t.places)
  from target t where c."cdPacote" = v_chunk;
  return found;
end
$$;
comment on function private.take_over_packed is 'Gives a packed value to another position.';
revoke all on function private.take_over_packed from public;
