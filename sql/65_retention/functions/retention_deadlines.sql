-- The policy of a client is its own row of TbPoliticaRetencao, otherwise the row for everybody. A device
-- with a floor of its own (TbRetencaoPiso) has a row of its own; 0: the others. What is under a legal hold
-- has none.
-- Whole days, whole months of values and positions that are packed; null: kept for ever. Hours of rollups
-- expire only where the values have expired as well, as values are found by them. See private.expire_raw and
-- private.expire_rollups.
create function private.retention_deadlines()
returns table (
  "cdCliente" integer, "cdDispositivo" integer, raw timestamp, one_minute timestamp, five_minutes timestamp,
  one_hour timestamp)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c."cdCliente", e.device,
         case when d.today - make_interval(days => p."nrDiasBruto") > private.packed_before()
              then d.today - make_interval(days => p."nrDiasBruto")
              else date_trunc('month', d.today - make_interval(days => p."nrDiasBruto")) end,
         d.today - make_interval(days => p."nrDias1m"), d.today - make_interval(days => p."nrDias5m"),
         d.today - make_interval(days => p."nrDias1h")
  from public."TbCliente" c
  cross join (select date_trunc('day', now() at time zone 'UTC') as today) d
  join lateral (
    select r.* from public."TbPoliticaRetencao" r
    where r."cdCliente" = c."cdCliente" or r."cdCliente" is null
    order by r."cdCliente" nulls last limit 1
  ) p on true
  cross join lateral (
    select 0 as device
    union
    select f."cdDispositivo" from private."TbRetencaoPiso" f where f."cdCliente" = c."cdCliente"
  ) e
  where not private.is_held(c."cdCliente", e.device)
$$;
comment on function private.retention_deadlines is
  'Before which time the data of each client expires, by its policy.';
revoke all on function private.retention_deadlines from public;
