-- Areas as they are asked for: {"circulo": [lat, long, metres]}, {"caixa": [south, west, north, east]}, {"poligono": GeoJSON}.
--
-- Numbers of an area. PT400 INVALID_AREA.
create function private.read_area_numbers(p_area jsonb, p_name text, p_labels text[], p_since double precision[], p_until double precision[])
returns double precision[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_numbers double precision[] := array(
    select case when jsonb_typeof(n) = 'number' then n::double precision end
    from jsonb_array_elements(case when jsonb_typeof(p_area -> p_name) = 'array' then p_area -> p_name else '[]' end) n);
begin
  if cardinality(v_numbers) <> cardinality(p_since) or exists (
       select from unnest(v_numbers, p_since, p_until) as x(n, since, until) where n is null or not n between since and until) then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA',
      message = format('%s is %s', p_name, (select string_agg(format('%s (%s to %s)', labels, since, until), ', ')
                                            from unnest(p_labels, p_since, p_until) as x(labels, since, until)));
  end if;
  return v_numbers;
end
$$;
comment on function private.read_area_numbers is 'The numbers that describe an area.';
revoke all on function private.read_area_numbers from public;
