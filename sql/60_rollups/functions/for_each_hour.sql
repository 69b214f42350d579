-- Builds SQL for TbSensorRegistro1d, which has the hours of a day side by side: p_template for each of the
-- hours from p_since up to p_until (excluded), with the two digits of the hour in place of ##. Null when
-- there is no hour.
-- Who may call it: every API role, as private.sum_whole_days runs as its caller.
create function private.for_each_hour(p_template text, p_since integer, p_until integer, p_separator text)
returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(replace(p_template, '##', to_char(h, 'FM00')), p_separator order by h)
  from generate_series(p_since, p_until - 1) h
$$;
comment on function private.for_each_hour is
  'Text for each hour of a day, numbered as the columns of TbSensorRegistro1d.';
revoke all on function private.for_each_hour from public;
grant execute on function private.for_each_hour to authenticated, service_role;
