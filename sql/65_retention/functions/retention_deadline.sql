-- Readings of a client before this time are deleted, now or at the next maintenance; null: none are. What is
-- imported must be newer (private.read_elements), or it would be acknowledged and then deleted.
create function private.retention_deadline(p_client integer) returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select date_trunc('day', now() at time zone 'UTC') - make_interval(days => p."nrDiasBruto")
  from (
    select r.* from public."TbPoliticaRetencao" r
    where r."cdCliente" = p_client or r."cdCliente" is null
    order by r."cdCliente" nulls last limit 1
  ) p
  where not p."blGuardaLegal"
$$;
comment on function private.retention_deadline is 'Before which time readings of a client are deleted.';
revoke all on function private.retention_deadline from public;
