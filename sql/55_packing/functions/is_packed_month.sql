-- Whether the rows of a table for a month are packed, so that it has a late table and no partition for it.
create function private.is_packed_month(p_table text, p_time timestamp) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select p_table in ('TbPosicao', 'TbSensorRegistro') and p_time < m."dtFrio" from private."TbFrioMarca" m
$$;
comment on function private.is_packed_month is
  'Whether the rows of a table for a month are packed; it has no partition for it then.';
revoke all on function private.is_packed_month from public;
