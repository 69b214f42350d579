-- The sensor of a device whose name is among those that p_point may be registered under. Null when there is
-- none, or p_point is no text. Called by private.read_values, only for names of more than plain letters.
create function private.find_point(p_device integer, p_point jsonb) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select k."cdSensor"
  from public."TbSensor" k
  where k."cdDispositivo" = p_device and jsonb_typeof(p_point) = 'string'
    and k."dsPonto" = any (private.point_names(p_point #>> '{}'))
  order by length(k."dsPonto") desc
  limit 1
$$;
comment on function private.find_point is 'The sensor of a device that a name stands for.';
revoke all on function private.find_point from public;
