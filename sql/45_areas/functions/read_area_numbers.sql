-- The numbers of one field of an area, {"circulo": [lat, long, metres]} or {"caixa": [south, west, north,
-- east]}, each checked against its limits. Raises PT400 INVALID_AREA.
-- p_labels, p_since, p_until   name, least and greatest value of each number
create function private.read_area_numbers(p_area jsonb, p_name text, p_labels text[],
  p_since double precision[], p_until double precision[]) returns double precision[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_given jsonb := case when jsonb_typeof(p_area -> p_name) = 'array' then p_area -> p_name else '[]' end;
  v_numbers double precision[] := array(
    select case when jsonb_typeof(n) = 'number' then n::double precision end
    from jsonb_array_elements(v_given) n);
begin
  if cardinality(v_numbers) <> cardinality(p_since)
     or exists (select from unnest(v_numbers, p_since, p_until) as x(n, since, until)
                where n is null or not n between since and until) then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA', message = format('%s is %s', p_name, (
      select string_agg(format('%s (%s to %s)', labels, since, until), ', ')
      from unnest(p_labels, p_since, p_until) as x(labels, since, until)));
  end if;
  return v_numbers;
end
$$;
comment on function private.read_area_numbers is
  'The numbers that describe an area, checked against their limits.';
revoke all on function private.read_area_numbers from public;
