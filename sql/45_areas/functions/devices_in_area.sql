-- The rule of every filter by area: {"circulo": …, "caixa": …, "poligono": …, "fora": true or false}.
-- Conditions combine with AND; fora compares with the geofence of the device's site
-- (private.devices_by_geofence).
-- Security definer: the spatial operators are not leakproof, so under row-level security no spatial index
-- would be used. The function compares the clients itself, and its callers read the rows under the policies
-- again.
-- Who may call it: every API role. Raises PT400 INVALID_AREA.
create function private.devices_in_area(p_area jsonb) returns setof integer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  v_clients integer[] := private.visible_clients();
  v_found integer[]; -- null: anywhere
begin
  if jsonb_typeof(p_area) <> 'object' or p_area - '{circulo,caixa,poligono,fora}'::text[] <> '{}' then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA',
      message = 'An area has the fields circulo, caixa, poligono and fora';
  end if;
  if p_area ? 'circulo' then
    v_found := array(select private.devices_in_circle(private.read_circle(p_area)));
  end if;
  if p_area ? 'caixa' then
    v_found := array(
      select d from private.devices_in_polygon(private.read_box(p_area)) d
      where v_found is null or d = any (v_found));
  end if;
  if p_area ? 'poligono' then
    v_found := array(
      select d from private.devices_in_polygon(private.read_polygon(p_area)) d
      where v_found is null or d = any (v_found));
  end if;
  v_found := array(
    select pa."cdDispositivo" from public."TbPosicaoAtual" pa
    where (pa."cdCliente" = any (v_clients) or private.is_service())
      and (v_found is null or pa."cdDispositivo" = any (v_found))
      and pa."cdCliente" = (
        select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = pa."cdDispositivo"));
  return query
    select d from unnest(v_found) d where not p_area ? 'fora'
    union all
    select private.devices_by_geofence(v_found, (p_area -> 'fora')::boolean) where p_area ? 'fora';
end
$$;
comment on function private.devices_in_area is
  'Devices of the caller''s clients that are in an area, or outside their geofence.';
revoke all on function private.devices_in_area from public;
grant execute on function private.devices_in_area to authenticated, service_role;
