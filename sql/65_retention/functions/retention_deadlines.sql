-- Retention: what is older than a client's policy says goes, a piece at a time. Rollups never change by it:
-- before readings go, the finer rollups that were not worth keeping are made of them. Hours of a client's
-- rollups go only where its readings are gone too, as it is by them that readings are found.
--
-- Up to when each client's data may go; null where nothing may. Whole days.
create function private.retention_deadlines()
returns table ("cdCliente" integer, raw timestamp, one_minute timestamp, five_minutes timestamp, one_hour timestamp)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c."cdCliente", d.today - make_interval(days => p."nrDiasBruto"), d.today - make_interval(days => p."nrDias1m"),
         d.today - make_interval(days => p."nrDias5m"), d.today - make_interval(days => p."nrDias1h")
  from public."TbCliente" c
  cross join (select date_trunc('day', now() at time zone 'UTC') as today) d
  join lateral (
    select r.* from public."TbPoliticaRetencao" r
    where r."cdCliente" = c."cdCliente" or r."cdCliente" is null
    order by r."cdCliente" nulls last limit 1
  ) p on not p."blGuardaLegal"
$$;
comment on function private.retention_deadlines is
  'Before which time the data of each client may go, by its policy.';
revoke all on function private.retention_deadlines from public;
