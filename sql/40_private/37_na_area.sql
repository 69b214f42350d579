-- Devices by where they are now: in areas as private.ler_… read them, and {"fora": true}: outside the geofence of their site as it is
-- now, false: inside it. Several hold together.

create function private.dispositivos_no_circulo(p_circulo double precision[]) returns setof integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select pa."cdDispositivo" from public."TbPosicaoAtual" pa
  where extensions.st_dwithin(
    pa."geoPonto", extensions.st_setsrid(extensions.st_makepoint(p_circulo[2], p_circulo[1]), 4326)::extensions.geography, p_circulo[3])
$$;
comment on function private.dispositivos_no_circulo(double precision[]) is 'Devices in a circle: latitude, longitude, metres.';
revoke all on function private.dispositivos_no_circulo(double precision[]) from public;

-- The index knows points on the ellipsoid and distances, polygons are flat: first a circle around the polygon, generously, then the
-- polygon itself. Edges are cut up because the circle goes by their ends.
create function private.dispositivos_no_poligono(p_poligono extensions.geometry) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_centro extensions.geography := extensions.st_centroid(extensions.st_envelope(p_poligono))::extensions.geography;
  v_raio double precision;
begin
  select max(extensions.st_distance(v_centro, d.geom::extensions.geography)) * 1.01 + 1000 into v_raio
  from extensions.st_dumppoints(extensions.st_segmentize(p_poligono, 1)) d;
  return query
    select pa."cdDispositivo" from public."TbPosicaoAtual" pa
    where extensions.st_dwithin(pa."geoPonto", v_centro, v_raio) and extensions.st_intersects(p_poligono, pa."geoPonto"::extensions.geometry);
end
$$;
comment on function private.dispositivos_no_poligono(extensions.geometry) is 'Devices that are in a polygon or on its edge.';
revoke all on function private.dispositivos_no_poligono(extensions.geometry) from public;

-- By the fences as they are now, all at once. The index of points, asked for each fence, was no quicker than one distance a device.
create function private.dispositivos_pela_cerca(p_dispositivos integer[], p_fora boolean) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select pa."cdDispositivo"
    from public."TbPosicaoAtual" pa
    join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo"
    join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
    left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
    where pa."cdDispositivo" = any (p_dispositivos)
      and private.dentro_da_cerca(t."geoCerca", t."nrRaio", extensions.st_distance(a."geoPonto", pa."geoPonto"), pa."dsLong", pa."dsLat") <> p_fora;
end
$$;
comment on function private.dispositivos_pela_cerca(integer[], boolean) is
  'Which devices are outside the geofence of their site, or inside it; none without a fence.';
revoke all on function private.dispositivos_pela_cerca(integer[], boolean) from public;

-- Security definer: under row-level security no spatial index is used, its operators being no leakproof ones. So the clients are compared
-- here, and whoever asks reads the rows under the policies again. PT400 INVALID_AREA.
create function private.dispositivos_na_area(p_area jsonb) returns setof integer
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  v_clientes integer[] := private.clientes_visiveis();
  v_achados integer[]; -- null: anywhere
begin
  if jsonb_typeof(p_area) <> 'object' or p_area - '{circulo,caixa,poligono,fora}'::text[] <> '{}' then
    raise sqlstate 'PT400' using message = 'An area is made of circulo, caixa, poligono and fora', hint = 'INVALID_AREA';
  end if;
  if p_area ? 'circulo' then
    v_achados := array(select private.dispositivos_no_circulo(private.ler_numeros(
      p_area, 'circulo', '{latitude,longitude,metres}', '{-90,-180,0}', '{90,180,20100000}')));
  end if;
  if p_area ? 'caixa' then
    v_achados := array(select d from private.dispositivos_no_poligono(private.ler_caixa(p_area)) d where v_achados is null or d = any (v_achados));
  end if;
  if p_area ? 'poligono' then
    v_achados := array(select d from private.dispositivos_no_poligono(private.ler_poligono(p_area)) d where v_achados is null or d = any (v_achados));
  end if;
  v_achados := array(
    select pa."cdDispositivo" from public."TbPosicaoAtual" pa
    where (pa."cdCliente" = any (v_clientes) or private.eh_servico()) and (v_achados is null or pa."cdDispositivo" = any (v_achados)));
  return query
    select d from unnest(v_achados) d where not p_area ? 'fora'
    union all
    select private.dispositivos_pela_cerca(v_achados, (p_area -> 'fora')::boolean) where p_area ? 'fora';
end
$$;
comment on function private.dispositivos_na_area(jsonb) is 'Devices of the caller''s clients that are in an area, or outside their geofence.';
revoke all on function private.dispositivos_na_area(jsonb) from public;
grant execute on function private.dispositivos_na_area(jsonb) to authenticated, service_role;
