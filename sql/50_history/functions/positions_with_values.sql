-- Only positions that came with at least one value, in the given order. Sensors are those the devices ever
-- had.
-- Who may call it: every API role; row-level security decides which values.
create function private.positions_with_values(p_positions public."TbPosicao"[]) returns public."TbPosicao"[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
    with sensor as materialized (
      select * from private.history_sensors(
        array(select distinct p."cdDispositivo" from unnest(p_positions) p))
    )
    select coalesce(array_agg(p.entry order by p.n), '{}')
    from (
      select u as entry, u."cdDispositivo", u."dtRegistro", u."cdCliente", u."cdPosicao",
             row_number() over () as n
      from unnest(p_positions) u
    ) p
    where exists (
      select from sensor s
      join public."TbSensorRegistro" r
        on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdCliente" = p."cdCliente"
        and r."cdPosicao" = p."cdPosicao"
      where s."cdDispositivo" = p."cdDispositivo"));
end
$$;
comment on function private.positions_with_values is 'Those positions that came with values, in their order.';
revoke all on function private.positions_with_values from public;
grant execute on function private.positions_with_values to authenticated, service_role;
