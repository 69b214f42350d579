-- Rollups by day: the hours of TbSensorRegistro1h side by side.
--
-- Text for each of the hours [p_since, p_until) of a day: p_template with its two digits in place of ##. Null for none.
create function private.for_each_hour(p_template text, p_since integer, p_until integer, p_separator text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(replace(p_template, '##', to_char(h, 'FM00')), p_separator order by h) from generate_series(p_since, p_until - 1) h
$$;
comment on function private.for_each_hour is 'Text for each hour of a day, as the columns of TbSensorRegistro1d are named.';
revoke all on function private.for_each_hour from public;
grant execute on function private.for_each_hour to authenticated, service_role;
