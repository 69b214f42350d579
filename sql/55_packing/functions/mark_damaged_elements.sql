-- Looks at the packed history that elements of a batch are compared with and marks what is damaged, so that a
-- damaged chunk stops no reading, and none is compared with a wrong value. Returns how many chunks are. Part
-- of private.ingest.
-- p_by_digest   only chunks that are not as they were stored; false: all of them are unpacked and compared
create function private.mark_damaged_elements(p_elements private.element[], p_by_digest boolean)
returns integer
language sql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
  select private.mark_damaged('TbSensorRegistroFrio', array(
           select distinct c."cdPacote" from unnest(p_elements) e cross join unnest(e.sensor_values) l
           join series."TbSensorRegistroFrio" c
             on c."cdSensor" = l."cdSensor" and c."cdCliente" = e."cdCliente"
             and c."dtPrimeiro" >= date_trunc('month', e."dtRegistro")
             and c."dtPrimeiro" <= e."dtRegistro" and c."dtUltimo" >= e."dtRegistro"
           where e."dtRegistro" < (select private.packed_before()) and not c."blDanificado"
             and not (p_by_digest and private.is_sound_values(c.ctid))
           order by 1))
    + private.mark_damaged('TbPosicaoFria', array(
        select distinct c."cdPacote" from unnest(p_elements) e
        join series."TbPosicaoFria" c
          on c."cdDispositivo" = e."cdDispositivo" and c."cdCliente" = e."cdCliente"
          and c."dtPrimeiro" >= date_trunc('month', e."dtRegistro")
          and c."dtPrimeiro" <= e."dtRegistro" and c."dtUltimo" >= e."dtRegistro"
        where e."dtRegistro" < (select private.packed_before()) and not c."blDanificado"
          and not (p_by_digest and private.is_sound_positions(c.ctid))
        order by 1))
$$;
comment on function private.mark_damaged_elements is
  'Marks damaged chunks of the packed history that elements of a batch are compared with.';
revoke all on function private.mark_damaged_elements from public;
