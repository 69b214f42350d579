-- The field circulo of an area: latitude, longitude, radius in metres; the largest is half the Earth's
-- circumference, and a little. Raises PT400 INVALID_AREA.
create function private.read_circle(p_area jsonb) returns double precision[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select private.read_area_numbers(
    p_area, 'circulo', '{latitude,longitude,metres}', '{-90,-180,0}', '{90,180,20100000}')
$$;
comment on function private.read_circle is 'The circle of an area: latitude, longitude, metres.';
revoke all on function private.read_circle from public;
