-- Before this time history is packed, or is being packed; -infinity where none is.
-- Security definer: no API role may read TbFrioMarca. Who may call it: every API role, as reads that look for
-- the newest rows begin behind it.
create function private.packed_before() returns timestamp
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m."dtAnunciada" from private."TbFrioMarca" m
$$;
comment on function private.packed_before is 'Before this time history is packed, or is being packed.';
revoke all on function private.packed_before from public;
grant execute on function private.packed_before to authenticated, service_role;
