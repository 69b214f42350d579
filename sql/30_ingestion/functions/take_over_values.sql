-- Values that came under several positions belong to the one with the lowest nrSeq. Changes only rows that
-- still belong to the position seen when they were judged. Called by private.store_elements. Raises RA001
-- when another caller was faster.
create function private.take_over_values(p_elements private.element[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_target record;
begin
  for v_target in
    select l."cdSensor", e."dtRegistro", e."cdCliente", e."cdPosicao", l.owner_position
    from unnest(p_elements) e cross join unnest(e.sensor_values) l
    where e.verdict in ('stored', 'duplicate') and l.action = 'take_over'
    order by l."cdSensor", e."dtRegistro" -- one lock order for all callers
  loop
    update series."TbSensorRegistro" r set "cdPosicao" = v_target."cdPosicao"
    where r."cdSensor" = v_target."cdSensor" and r."dtRegistro" = v_target."dtRegistro"
      and r."cdCliente" = v_target."cdCliente" and r."cdPosicao" is not distinct from v_target.owner_position;
    if not found and not private.take_over_packed(v_target."cdSensor", v_target."dtRegistro",
         v_target."cdCliente", v_target.owner_position, v_target."cdPosicao") then
      raise sqlstate 'RA001';
    end if;
  end loop;
end
$$;
comment on function private.take_over_values is 'Assigns values to the position with the lowest nrSeq.';
revoke all on function private.take_over_values from public;
