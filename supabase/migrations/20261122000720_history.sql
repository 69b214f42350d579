-- History in pages, and the deprecated view of phase 2b; what has history is retired, not deleted.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/50_history/types
create type private.history_cursor as ("dtRegistro" timestamp, "cdDispositivo" integer, "nrSeq" bigint,
  "cdCliente" integer);
comment on type private.history_cursor is
  'The last row of a page of history: the next page begins after it.';
create type private.history_target as ("cdDispositivo" integer, starts time, ends time);
comment on type private.history_target is 'A device whose history is requested, with its measuring window.';
-- end

-- from sql/50_history/functions
-- Volts as history shows them: a share of 3.7 V, two decimals and '%'. Voltages that older versions accepted
-- may be of any size; the limit keeps their share from overflowing, ratio from underflowing.
-- Inlined: no SET clause, and a cast to text, as a number joined with a text is not immutable.
-- Who may call it: every API role, as views use it.
create function private.battery_percent(p_volts double precision) returns text
language sql immutable parallel safe as $$
  select case when p_volts is not null -- least would take it for the limit
              then round((private.ratio(greatest(least(p_volts, 3.7), -3.7e6), 3.7) * 100)::numeric, 2)::text
                   || '%'
         end
$$;
comment on function private.battery_percent is 'A battery voltage as a percentage of 3.7 V.';
revoke all on function private.battery_percent from public;
grant execute on function private.battery_percent to authenticated, service_role;
-- The exact total of a history. Whole hours come from TbContagemDiaria; positions are counted one by one only
-- before and after those hours, in dirty hours, and on days that were counted for another measuring window.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.count_history(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_watermark record := private.rollup_watermark();
  v_end timestamp := case when p_until < '10000-01-01' then p_until + interval '1 microsecond' -- included
                          else 'infinity' end;
  v_first_hour timestamp := date_trunc('hour',
    least(greatest(p_since, v_watermark.floor), '10000-01-01') + interval '1 hour'
    - interval '1 microsecond');
  v_last_hour timestamp := date_trunc('hour', least(v_end, v_watermark.watermark));
  v_dirty private.data_range[];
  v_other_windows private.data_range[];
  v_counted bigint;
begin
  if not v_first_hour < v_last_hour then
    return private.count_positions(p_targets, p_client, private.ranges_of_targets(p_targets, p_since, v_end));
  end if;

  v_dirty := private.dirty_count_hours(p_targets, v_first_hour, v_last_hour);
  select coalesce(sum(d.total) filter (where d.is_valid), 0),
         coalesce(array_agg(distinct d.time_range) filter (where not d.is_valid), '{}')
  into v_counted, v_other_windows
  from private.counted_days(p_targets, p_client, v_first_hour, v_last_hour) d;

  if v_dirty <> '{}' then
    v_counted := v_counted - private.counted_hours(p_targets, p_client, v_dirty);
  end if;
  return v_counted + private.count_positions(p_targets, p_client,
    private.ranges_of_targets(p_targets, p_since, v_first_hour)
    || private.ranges_of_targets(p_targets, v_last_hour, v_end)
    || v_other_windows
    || private.ranges_outside(v_dirty, v_other_windows));
end
$$;
comment on function private.count_history is 'How many positions a history has on all its pages.';
revoke all on function private.count_history from public;
grant execute on function private.count_history to authenticated, service_role;
-- By weight (grams, without the tare), by distance (millimetres), or as counted; 0 where the divisor is
-- missing, or so small or large that it says nothing.
-- Without SET clause, to be inlined. Who may call it: every API role, as views use it.
create function private.count_items(p_type bigint, p_value double precision, p_tare integer,
  p_weight double precision, p_height double precision) returns double precision
language sql immutable parallel safe as $$
  select case p_type
    when private.sensor_type('peso')
      then coalesce(private.finite(
             private.ratio(p_value - coalesce(p_tare, 0), private.divisor(p_weight))), 0)
    when private.sensor_type('distancia')
      then coalesce(private.finite(private.ratio(p_value, private.divisor(p_height))), 0)
    else p_value
  end
$$;
comment on function private.count_items is 'How many items a value stands for.';
revoke all on function private.count_items from public;
grant execute on function private.count_items to authenticated, service_role;
-- Counts the rows themselves, in time ranges of devices (end excluded). Part of private.count_history.
-- The inner query is one for each range, so that each range is looked up in the index whatever the planner
-- thinks of their number.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.count_positions(p_targets private.history_target[], p_client integer,
  p_ranges private.data_range[]) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = on
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select coalesce(sum(n.total), 0)
    from private.unnest_ranges(p_ranges) f
    join private.unnest_targets(p_targets) a on a."cdDispositivo" = f.code
    cross join lateral (
      select count(*) as total
      from (
        select r."dtRegistro", r."cdCliente" from private.position_rows() r
        where r."cdDispositivo" = f.code and r."dtRegistro" >= f.since and r."dtRegistro" < f.until
        union all
        select t."dtRegistro", t."cdCliente" from private.packed_times(f.code, f.since, f.until) t
      ) q
      where (p_client is null or q."cdCliente" = p_client)
        and private.in_measuring_window(q."dtRegistro"::time, a.starts, a.ends)
    ) n);
end
$$;
comment on function private.count_positions is
  'Counts positions inside the measuring windows of their devices.';
revoke all on function private.count_positions from public;
grant execute on function private.count_positions to authenticated, service_role;
-- What TbContagemDiaria holds of the whole hours from p_since to p_until, one row per device, day and client.
-- A day is valid while the device still has the measuring window it was counted for. Part of
-- private.count_history.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows
-- count.
create function private.counted_days(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp)
returns table (time_range private.data_range, is_valid boolean, total bigint)
language sql stable as $$
  select private.make_data_range(
           p_code => c."cdDispositivo", p_client => null, p_since => d.since, p_until => d.until),
         (c."horarioMedicaoInicio", c."horarioMedicaoFim") is not distinct from (a.starts, a.ends),
         case
           when d.until - d.since = interval '1 day' then c."nrQtd"
           else (select sum(n)
                 from unnest(c."nrHoras"[1 + extract(hour from d.since)::integer:
                                         1 + extract(hour from d.until - interval '1 hour')::integer]) n)
         end
  from unnest(p_targets) a
  join private.stored_counters() c on c."cdDispositivo" = a."cdDispositivo"
    and c."dtDia" >= p_since::date and c."dtDia" <= (p_until - interval '1 hour')::date
  cross join lateral (
    select greatest(c."dtDia", p_since) as since, least(c."dtDia" + interval '1 day', p_until) as until
  ) d
  where p_client is null or c."cdCliente" = p_client
$$;
comment on function private.counted_days is
  'Days of devices with the positions counted in them, and whether the count is valid.';
revoke all on function private.counted_days from public;
grant execute on function private.counted_days to authenticated, service_role;
-- What valid days of TbContagemDiaria (private.counted_days) hold of dirty hours: a total leaves it out.
-- p_hours   whole hours of devices
-- Part of private.count_history.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.counted_hours(p_targets private.history_target[], p_client integer,
  p_hours private.data_range[]) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = on
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select coalesce(sum(n.total), 0)
    from private.unnest_ranges(p_hours) f
    join private.unnest_targets(p_targets) a on a."cdDispositivo" = f.code
    cross join lateral (
      select sum(c."nrHoras"[1 + extract(hour from f.since)::integer]) as total
      from private.stored_counters() c
      where c."cdDispositivo" = f.code and c."dtDia" = f.since::date
        and (p_client is null or c."cdCliente" = p_client)
        and (c."horarioMedicaoInicio", c."horarioMedicaoFim") is not distinct from (a.starts, a.ends)
    ) n);
end
$$;
comment on function private.counted_hours is 'Positions that valid days count in the given hours.';
revoke all on function private.counted_hours from public;
grant execute on function private.counted_hours to authenticated, service_role;
-- Hours of devices in which a position was written or deleted since they were counted.
-- Security definer: no API role may read TbRollupPendente; only devices that the caller's clients own or
-- owned are looked at.
-- Who may call it: every API role.
create function private.dirty_count_hours(p_targets private.history_target[], p_since timestamp,
  p_until timestamp) returns private.data_range[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return array(
    select distinct private.make_data_range(p_code => a."cdDispositivo", p_client => null,
      p_since => p."dtHora", p_until => p."dtHora" + interval '1 hour')
    from unnest(p_targets) a
    join private."TbRollupPendente" p
      on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" >= p_since and p."dtHora" < p_until
    where exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = a."cdDispositivo"
        and d."cdCliente" = any ((select private.visible_clients())::integer[])));
end
$$;
comment on function private.dirty_count_hours is
  'Dirty hours of devices: their positions are counted row by row.';
revoke all on function private.dirty_count_hours from public;
grant execute on function private.dirty_count_hours to authenticated, service_role;
-- Whether one of these rows of a table has history: a device with positions or values, a sensor with values,
-- an address that positions refer to. Volatile: private.refuse_late_history looks again once ingestion is
-- shut out.
create function private.has_history(p_table name, p_codes integer[]) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  case p_table
    when 'TbDispositivo' then
      return exists (
        select from unnest(p_codes) c (code)
        where exists (select from series."TbPosicao" p where p."cdDispositivo" = c.code)
           or exists (select from series."TbPosicaoFria" f where f."cdDispositivo" = c.code))
        or exists (
        select from unnest(p_codes) c (code)
        join public."TbSensorVinculo" v on v."cdDispositivo" = c.code
        where exists (select from series."TbSensorRegistro" r
                      where r."cdSensor" = v."cdSensor" and r."cdDispositivo" = v."cdDispositivo")
           or exists (select from series."TbSensorRegistroFrio" f where f."cdSensor" = v."cdSensor"
                      and private.find_in_packed(f."pcDispositivo", f."nrQtd", v."cdDispositivo") <> '{}'));
    when 'TbSensor' then
      return exists (
        select from unnest(p_codes) c (code)
        where exists (select from series."TbSensorRegistro" r where r."cdSensor" = c.code)
           or exists (select from series."TbSensorRegistroFrio" f where f."cdSensor" = c.code));
    else
      return exists (
        select from unnest(p_codes) c (code)
        where exists (select from series."TbPosicao" p where p."cdEndereco" = c.code)
           or exists (select from public."TbEnderecoVinculo" v
                      join series."TbPosicaoFria" f on f."cdCliente" = v."cdCliente"
                      where v."cdEndereco" = c.code and f."pcEndereco" is not null
                        and private.find_in_packed(f."pcEndereco", f."nrQtd", c.code) <> '{}'));
  end case;
end
$$;
comment on function private.has_history is 'Whether one of these devices, sensors or addresses has history.';
revoke all on function private.has_history from public;
-- Whether one of these sensors has values of the clients that own these devices today (null: all clients).
-- Volatile: private.refuse_other_unit looks again once ingestion is shut out.
create function private.has_values(p_sensors integer[], p_devices integer[] default null) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_clients integer[] := array(
    select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = any (p_devices));
begin
  return exists (
    select from unnest(p_sensors) s (sensor)
    cross join lateral (
      select from public."TbSensorRegistro" r
      where r."cdSensor" = s.sensor
        and (p_devices is null or r."cdCliente" = any (v_clients)
             or r."cdCliente" is null and array_position(v_clients, null) is not null)
      limit 1) r);
end
$$;
comment on function private.has_values is 'Whether one of these sensors has values.';
revoke all on function private.has_values from public;
-- Items that the sensors of these devices ever counted, whatever product the items belong to now: as they are
-- for whoever has them, and otherwise as they were when they came to belong to others
-- (private.keep_former_item).
-- Security definer: the history of a former owner shows items that this owner can no longer see; the function
-- itself requires that the caller's clients own or owned the device.
-- Who may call it: every API role.
create function private.history_items(p_devices integer[])
returns table (
  "cdProdutoItem" integer, "dsNome" text, "nrPesoUnit" double precision, "nrAlt" double precision)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select i."cdProdutoItem", (case when k.is_kept then k."dsNome" else i."dsNome" end)::text,
           case when k.is_kept then k."nrPesoUnit" else i."nrPesoUnit" end,
           case when k.is_kept then k."nrAlt" else i."nrAlt" end
    from public."TbProdutoItem" i
    left join lateral (
      select true as is_kept, a."dsNome", a."nrPesoUnit", a."nrAlt"
      from private."TbProdutoItemAnterior" a
      where a."cdProdutoItem" = i."cdProdutoItem"
        and a."cdCliente" = any ((select private.visible_clients())::integer[])
        and not exists (
          select from unnest((select private.visible_clients())::integer[]) c
          where not private.is_item_of_others(i."cdProdutoItem", c))
      order by a."dtRegistro" desc limit 1
    ) k on true
    where i."cdProdutoItem" in (
      select v."cdProdutoItem" from public."TbSensorVinculo" v
      where v."cdDispositivo" = any (p_devices)
        and exists (
          select from public."TbDispositivoVinculo" d
          where d."cdDispositivo" = v."cdDispositivo"
            and d."cdCliente" = any ((select private.visible_clients())::integer[])));
end
$$;
comment on function private.history_items is
  'Items ever counted by sensors of devices that the caller''s clients own or owned.';
revoke all on function private.history_items from public;
grant execute on function private.history_items to authenticated, service_role;
-- One page of positions, newest first. Order and key are (dtRegistro, cdDispositivo, nrSeq, cdCliente), a
-- null nrSeq lowest, so rows that arrive later do not move a cursor that was returned before.
-- A page of each of a thousand devices would be a thousand times too much: of many devices the latest hour is
-- tried first, then four times as long. A page that is full is the page, whatever is older. Of a page far
-- behind, what is newer is counted instead of read. Where history is packed, so much time is tried first as
-- devices need that report every half hour: of packed positions before that only times are looked at.
-- p_cursor          the row after which the page begins, or null
-- p_skip, p_limit   rows to leave out first, rows at most
-- Who may call it: every API role; row-level security decides which rows.
create function private.history_page(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp, p_cursor private.history_cursor, p_skip bigint, p_limit integer)
returns public."TbPosicao"[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_until timestamp := p_until;
  v_skip bigint := p_skip;
  v_end timestamp;
  v_is_stepwise boolean := cardinality(p_targets) > 50 or p_since < private.packed_before();
  v_time interval := make_interval(hours => case
    when cardinality(p_targets) > 50 then 1
    else least(768, 1 + (p_skip + p_limit) / 2 / greatest(cardinality(p_targets), 1))::integer end);
  v_page public."TbPosicao"[];
begin
  if p_skip > 1000 and p_cursor."dtRegistro" is null then
    v_end := private.skip_history(p_targets, p_client, p_since, p_until, p_skip);
    v_skip := p_skip - private.count_history(p_targets, p_client, v_end, p_until);
    v_until := v_end - interval '1 microsecond';
  end if;
  v_end := least(v_until, p_cursor."dtRegistro", now() at time zone 'UTC');
  while v_is_stepwise and v_end - v_time > p_since and v_time < interval '20000 hours' loop
    v_page := private.history_slice(
      p_targets, p_client, v_end - v_time, v_until, p_cursor, v_skip, p_limit);
    if cardinality(v_page) = p_limit then
      return v_page;
    end if;
    v_time := v_time * 4;
  end loop;
  return private.history_slice(p_targets, p_client, p_since, v_until, p_cursor, v_skip, p_limit);
end
$$;
comment on function private.history_page is 'One page of positions, newest first.';
revoke all on function private.history_page from public;
grant execute on function private.history_page to authenticated, service_role;
-- One JSON object for each position of a page, newest first, with the values of its sensors
-- (private.values_of_positions).
-- p_all           false: without positions that came without any value
-- p_coordinates   true: also latitude and longitude, with their precision in metres, and as they are what the
--                 texts say: the battery in volts and as a percentage of 3.7 V, and whether it was inside
-- A generic plan, as a plan for one small page might read all addresses.
-- Who may call it: every API role; row-level security decides what is shown of devices, products, sites and
-- addresses.
create function private.history_rows(p_positions public."TbPosicao"[], p_all boolean default true,
  p_coordinates boolean default false) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_values jsonb[] := private.values_of_positions(p_positions, p_all);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'cdProduto', d."cdProduto", 'nrCodigo', pr."nrCodigo", 'dsDescricao', pr."dsDescricao",
      'dtRegistro', p."dtRegistro", 'cdDispositivo', p."cdDispositivo", 'cdPosicao', p."cdPosicao",
      'dsNome', t."dsNome", 'dsEndereco', e."dsLogradouro",
      'nrBatPercentual', private.battery_percent(p."nrBat"),
      'dsStatus', case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end,
      'dsStatusDispositivo', d."cdStatus")
      || case when p_coordinates then jsonb_build_object('latitude', p."dsLat", 'longitude', p."dsLong",
                                                       'nrPrecisao', p."nrPrecisao", 'nrBat', p."nrBat",
                                                       'nrBatPorcento', rtrim(
                                                         private.battery_percent(p."nrBat"), '%')::numeric,
                                                       'blArea', p."blArea")
         else '{}' end
      || p.unnest -- the values: unnest gives their column its own name
      order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last,
               p."cdCliente" desc), '[]')
    from unnest(p_positions, v_values) p
    left join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
    left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
    left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
    left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
    where p_all or p.unnest is not null);
end
$$;
comment on function private.history_rows is 'The rows of a page of history as JSON.';
revoke all on function private.history_rows from public;
grant execute on function private.history_rows to authenticated, service_role;
-- Sensors that were ever on these devices, with their type and tare: those of today for whoever sees the
-- sensor, and otherwise what they were when it left (private.keep_former_sensors).
-- Security definer: the history of a former owner stays readable after a device or sensor moved on, though
-- this owner can no longer see the sensor; the function itself requires that the caller's clients own or
-- owned the device.
-- Who may call it: every API role.
create function private.history_sensors(p_devices integer[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, "nrUnidadeIni" integer)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select distinct v."cdDispositivo", s."cdSensor", coalesce((k.kept ->> 0)::bigint, s."cdTipoSensor"),
           case when k.kept is null then s."nrUnidadeIni" else (k.kept ->> 1)::integer end
    from public."TbSensorVinculo" v
    join public."TbSensor" s on s."cdSensor" = v."cdSensor"
    left join public."TbDispositivo" o on o."cdDispositivo" = s."cdDispositivo"
      and o."cdCliente" = any ((select private.visible_clients())::integer[])
    left join lateral (
      select d."jsSensores" -> s."cdSensor"::text as kept
      from public."TbDispositivoVinculo" d
      where o."cdDispositivo" is null and d."cdDispositivo" = v."cdDispositivo"
        and d."cdCliente" = any ((select private.visible_clients())::integer[])
        and d."jsSensores" ? s."cdSensor"::text
      order by d."dtFim" desc nulls first limit 1
    ) k on true
    where v."cdDispositivo" = any (p_devices)
      and exists (
        select from public."TbDispositivoVinculo" d
        where d."cdDispositivo" = v."cdDispositivo"
          and d."cdCliente" = any ((select private.visible_clients())::integer[]));
end
$$;
comment on function private.history_sensors is
  'Sensors ever on devices that the caller''s clients own or owned.';
revoke all on function private.history_sensors from public;
grant execute on function private.history_sensors to authenticated, service_role;
-- Part of private.history_page: each device contributes its newest rows, read from the unique index of the
-- partitions concerned, and the page is cut from those.
-- p_cursor          the row after which the page begins, or null
-- p_skip, p_limit   rows to leave out first, rows at most
-- Who may call it: every API role; row-level security decides which rows.
create function private.history_slice(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp, p_cursor private.history_cursor, p_skip bigint, p_limit integer)
returns public."TbPosicao"[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_end timestamp := private.after(least(p_until, p_cursor."dtRegistro"));
begin
  return array(
    select p.entry
    from unnest(p_targets) a
    cross join lateral (
      (select row(q.*)::public."TbPosicao" as entry,
              q."dtRegistro", q."cdDispositivo", q."nrSeq", q."cdCliente"
       from private.position_rows() q
       where q."cdDispositivo" = a."cdDispositivo" and q."dtRegistro" >= p_since and q."dtRegistro" < v_end
         and private.is_on_page(
           q."dtRegistro", q."cdDispositivo", q."nrSeq", q."cdCliente", a, p_client, p_cursor)
       order by q."dtRegistro" desc, q."nrSeq" desc nulls last, q."cdCliente" desc
       limit p_skip + p_limit)
      union all
      (select row(f.*)::public."TbPosicao",
              f."dtRegistro", f."cdDispositivo", f."nrSeq", f."cdCliente"
       from (select * from private.packed_positions(a."cdDispositivo", p_since, v_end) offset 0) f
       where private.is_on_page(
         f."dtRegistro", f."cdDispositivo", f."nrSeq", f."cdCliente", a, p_client, p_cursor)
       order by f."dtRegistro" desc, f."nrSeq" desc nulls last, f."cdCliente" desc
       limit p_skip + p_limit)
    ) p
    order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last,
             p."cdCliente" desc
    offset p_skip limit p_limit);
end
$$;
comment on function private.history_slice is
  'Positions of a time, newest first: of each device no more than a page.';
revoke all on function private.history_slice from public;
grant execute on function private.history_slice to authenticated, service_role;
-- The devices of a request for history. The devices of a client include those it owned before: their old
-- history stays with it.
-- p_client   null: every visible one;  p_device   null or 0: all;  p_devices   null: all
-- For a former owner the measuring window is the one that the device had when it moved; for who also sees the
-- present owner, that of the device.
-- Security definer: former owners can no longer see the device. Only devices that the caller's clients own or
-- owned are returned.
-- Who may call it: every API role.
create function private.history_targets(p_client integer, p_device integer, p_devices integer[])
returns private.history_target[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[] := private.visible_clients();
begin
  return array(
    select private.make_history_target(
      p_device => v."cdDispositivo",
      p_starts => case when v."dtFim" is null then d."horarioMedicaoInicio" else v."horarioMedicaoInicio" end,
      p_ends => case when v."dtFim" is null then d."horarioMedicaoFim" else v."horarioMedicaoFim" end)
    from (
      select distinct on (w."cdDispositivo") w.* from public."TbDispositivoVinculo" w
      where w."cdCliente" = any (v_visible_clients)
        and (p_client is null or w."cdCliente" = p_client)
        and (coalesce(p_device, 0) = 0 or w."cdDispositivo" = p_device)
        and (p_devices is null or w."cdDispositivo" = any (p_devices))
      order by w."cdDispositivo", w."dtFim" desc nulls first
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo");
end
$$;
comment on function private.history_targets is
  'Devices whose history is requested, with their measuring windows.';
revoke all on function private.history_targets from public;
grant execute on function private.history_targets to authenticated, service_role;
-- A measuring window includes both ends and may cross midnight; a device without one measures all day.
-- Without SET clause, to be inlined. Who may call it: every API role, as views and functions that run as
-- their caller use it.
create function private.in_measuring_window(p_time_of_day time, p_start time, p_end time) returns boolean
language sql immutable parallel safe as $$
  select case
    when p_start is null or p_end is null then true
    when p_start <= p_end then p_time_of_day between p_start and p_end
    else p_time_of_day >= p_start or p_time_of_day <= p_end
  end
$$;
comment on function private.in_measuring_window is 'Whether a time of day lies in a measuring window.';
revoke all on function private.in_measuring_window from public;
grant execute on function private.in_measuring_window to authenticated, service_role;
-- The order of history pages: newest first, then by device, then by nrSeq, nulls last, then by client:
-- who sees several owners of a device sees what it sent to each. Without SET clause, to be inlined.
-- Who may call it: every API role.
create function private.is_behind_cursor(p_time timestamp, p_device integer, p_seq bigint,
  p_client integer, p_cursor private.history_cursor) returns boolean
language sql immutable parallel safe as $$
  select p_time < p_cursor."dtRegistro" or p_time = p_cursor."dtRegistro" and (
    p_device < p_cursor."cdDispositivo"
    or p_device = p_cursor."cdDispositivo" and (
      p_seq < p_cursor."nrSeq" or p_seq is null and p_cursor."nrSeq" is not null
      or p_seq is not distinct from p_cursor."nrSeq" and p_client < p_cursor."cdCliente"))
$$;
comment on function private.is_behind_cursor is 'Whether a row comes after the cursor.';
revoke all on function private.is_behind_cursor from public;
grant execute on function private.is_behind_cursor to authenticated, service_role;
-- Whether packed history of devices in a time range (both ends included) is damaged, positions or the values
-- of their sensors, so that a page of it is not complete.
-- p_client   owner at receipt; null: every visible one
-- p_values   false: of positions only
-- Who may call it: every API role; row-level security decides which chunks.
create function private.is_damaged_history(p_devices integer[], p_client integer, p_since timestamp,
  p_until timestamp, p_values boolean default true) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
      select from series."TbPosicaoFria" c
      where c."blDanificado" and c."cdDispositivo" = any (p_devices) and c."dtPrimeiro" <= p_until
        and c."dtUltimo" >= p_since and (p_client is null or c."cdCliente" = p_client)
    ) or p_values and exists (
      select from series."TbSensorRegistroFrio" c
      where c."blDanificado" and c."dtPrimeiro" <= p_until and c."dtUltimo" >= p_since
        and (p_client is null or c."cdCliente" = p_client)
        and c."cdSensor" in (select s."cdSensor" from private.history_sensors(p_devices) s));
end;
comment on function private.is_damaged_history is
  'Whether packed history of devices in a time range is damaged.';
revoke all on function private.is_damaged_history from public;
grant execute on function private.is_damaged_history to authenticated, service_role;
-- Whether the history of a former owner refers to a sensor type: it names types by number only
-- (TbDispositivoVinculo). Types of a client never come there, as their sensors do not leave it.
create function private.is_former_type(p_type bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbDispositivoVinculo" v cross join jsonb_each(v."jsSensores") e
    where e.value ->> 0 = p_type::text)
$$;
comment on function private.is_former_type is
  'Whether the history of a former owner refers to a sensor type.';
revoke all on function private.is_former_type from public;
-- Whether a position belongs to a page of history: of the client, inside the measuring window of its device,
-- behind the cursor. Part of private.history_slice. Inlined: no SET clause; not where the position is given
-- by expressions instead of columns.
-- p_owner, p_client   client of the position, and asked for; null: any
-- Who may call it: every API role.
create function private.is_on_page(p_time timestamp, p_device integer, p_seq bigint, p_owner integer,
  p_target private.history_target, p_client integer, p_cursor private.history_cursor) returns boolean
language sql immutable parallel safe as $$
  select (p_client is null or p_owner = p_client)
    and private.in_measuring_window(p_time::time, (p_target).starts, (p_target).ends)
    and ((p_cursor)."dtRegistro" is null
      or private.is_behind_cursor(p_time, p_device, p_seq, p_owner, p_cursor))
$$;
comment on function private.is_on_page is 'Whether a position belongs to a page of history.';
revoke all on function private.is_on_page from public;
grant execute on function private.is_on_page to authenticated, service_role;
-- Types that the history of a former owner refers to stay (private.is_former_type).
-- Security definer: looks at former owners, whoever deletes. Trigger function.
-- Raises PT409 CONFLICT.
create function private.keep_former_types() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if private.is_former_type(old.id) then
    raise sqlstate 'PT409' using message = 'The history of a client has values of this type',
      hint = 'CONFLICT', detail = 'Retire it: set cdStatus to encerrado.';
  end if;
  return old;
end
$$;
comment on function private.keep_former_types is
  'Refuses to delete a sensor type that the history of a former owner refers to.';
revoke all on function private.keep_former_types from public;
-- The only place that knows the order of the fields; call it in named notation. Without SET clause, to be
-- inlined. Who may call it: every API role, as get_historico_paginado runs as its caller.
create function private.make_history_cursor(p_time timestamp, p_device integer, p_seq bigint,
  p_client integer)
returns private.history_cursor
language sql immutable parallel safe as $$
  select row(p_time, p_device, p_seq, p_client)::private.history_cursor
$$;
comment on function private.make_history_cursor is 'The key of the last row of a page of history.';
revoke all on function private.make_history_cursor from public;
grant execute on function private.make_history_cursor to authenticated, service_role;
-- The only place that knows the order of the fields; call it in named notation. Without SET clause, to be
-- inlined.
-- Who may call it: every API role, as functions that run as their caller use it.
create function private.make_history_target(p_device integer, p_starts time, p_ends time)
returns private.history_target
language sql immutable parallel safe as $$
  select row(p_device, p_starts, p_ends)::private.history_target
$$;
comment on function private.make_history_target is
  'A device whose history is requested, with its measuring window; nulls for the whole day.';
revoke all on function private.make_history_target from public;
grant execute on function private.make_history_target to authenticated, service_role;
-- Raises PT409 CONFLICT: a row of this table has history.
create function private.raise_history(p_table name) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise sqlstate 'PT409' using hint = 'CONFLICT',
    message = format('This row of %s has history and cannot be deleted', p_table),
    detail = 'Retire it instead: set cdStatus to encerrado, or leave the sensor unused.';
end
$$;
comment on function private.raise_history is 'Raises the error for a row that is not deleted.';
revoke all on function private.raise_history from public;
-- Part of private.count_history. Who may call it: every API role.
create function private.ranges_of_targets(p_targets private.history_target[], p_since timestamp,
  p_until timestamp) returns private.data_range[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(
    select private.make_data_range(
      p_code => a."cdDispositivo", p_client => null, p_since => p_since, p_until => p_until)
    from unnest(p_targets) a
    where p_since < p_until)
$$;
comment on function private.ranges_of_targets is
  'The same time range for each device; none when it is empty.';
revoke all on function private.ranges_of_targets from public;
grant execute on function private.ranges_of_targets to authenticated, service_role;
-- Part of private.count_history: dirty hours of a day that is counted completely must not be counted twice.
-- Who may call it: every API role.
create function private.ranges_outside(p_ranges private.data_range[], p_covered private.data_range[])
returns private.data_range[]
language sql immutable set search_path = pg_catalog, pg_temp set enable_hashjoin = on as $$
  select array(
    select f from private.unnest_ranges(p_ranges) f
    where not exists (
      select from private.unnest_ranges(p_covered) x
      where x.code = f.code and f.since >= x.since and f.since < x.until))
$$;
comment on function private.ranges_outside is 'Those time ranges that begin in none of the others.';
revoke all on function private.ranges_outside from public;
grant execute on function private.ranges_outside to authenticated, service_role;
-- What has history can be retired, but not deleted: time series have no foreign keys, so this looks for it.
-- Trigger function, for each row, with the column of its key. What ingestion is about to store is found
-- afterwards, by private.refuse_late_history; positions with an address keep its link.
-- Security definer: the check must see rows that the person who deletes may not see. Raises PT409 CONFLICT.
create function private.refuse_if_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if private.has_history(tg_table_name, array[(to_jsonb(old) ->> tg_argv[0])::integer]) then
    perform private.raise_history(tg_table_name);
  end if;
  return old;
end
$$;
comment on function private.refuse_if_history is
  'Rejects the deletion of a device, sensor or address that has history.';
revoke all on function private.refuse_if_history from public;
-- When devices or sensors were found without history (private.refuse_if_history), some may have been on its
-- way. So this looks again, with ingestion shut out until the deletion has committed: everybody's readings
-- wait for that, so it comes once for a statement, after all else that the statement does, only if rows were
-- deleted, and for a bounded number of them. Trigger function, with the column of the key.
-- Security definer: the person who deletes has no rights on the lock, and may not see all history.
-- Raises PT409 CONFLICT, PT413 TOO_LARGE, PT503 BUSY.
create function private.refuse_late_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_codes integer[] := array(select (to_jsonb(o) ->> tg_argv[0])::integer from old_rows o);
begin
  if v_codes = '{}' then
    return null;
  end if;
  if cardinality(v_codes) > 500 then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('One request deletes at most 500 rows of %s', tg_table_name),
      detail = 'Nothing has been deleted. Send several requests.';
  end if;
  perform private.shut_out_ingestion();
  if private.has_history(tg_table_name, v_codes) then
    perform private.raise_history(tg_table_name);
  end if;
  return null;
end
$$;
comment on function private.refuse_late_history is
  'Rejects a deletion if history was stored meanwhile; keeps ingestion out until it has committed.';
revoke all on function private.refuse_late_history from public;
-- Values are stored in the unit of the sensor's type and summed up as it says: with a type of another unit or
-- dsAgregacao a sensor's history would silently mean something else. What counts are the values of the
-- clients whose device the sensor is on, before and after the change: what a former owner received keeps the
-- type that it had (private.keep_former_sensors). Only when there are none, ingestion is shut out until the
-- change has committed, as some may be on their way: once for a statement and after all else it does, and for
-- a bounded number of sensors, since everybody's readings wait. PostgreSQL adds to both transition tables row
-- by row, so that both have the same order. Trigger function.
-- Security definer: API roles have no rights on the lock, and may not see all values.
-- Raises PT409 CONFLICT, PT413 TOO_LARGE, PT503 BUSY.
create function private.refuse_other_unit() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_changes jsonb;
  v_valued record;
begin
  select jsonb_agg(to_jsonb(c) || jsonb_build_object(
    'old_unit', f."dsUnidade", 'old_sum', f."dsAgregacao", 'unit', t."dsUnidade", 'sum', t."dsAgregacao"))
  into v_changes
  from unnest(
    array(select o."cdSensor" from old_rows o), array(select o."cdDispositivo" from old_rows o),
    array(select n."cdDispositivo" from new_rows n), array(select o."cdTipoSensor" from old_rows o),
    array(select n."cdTipoSensor" from new_rows n)) c(sensor, old_device, device, old_type, type)
  join public."TbTipoSensor" f on f.id = c.old_type
  join public."TbTipoSensor" t on t.id = c.type
  where c.type <> c.old_type
    and (t."dsAgregacao" <> f."dsAgregacao" or not private.is_same_unit(f."dsUnidade", t."dsUnidade"));
  if v_changes is null then
    return null;
  end if;
  if jsonb_array_length(v_changes) > 500 then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = 'One request gives at most 500 sensors a type of another unit or dsAgregacao',
      detail = 'Nothing has been changed. Send several requests.';
  end if;
  for v_round in 1..2 loop
    select c.* into v_valued
    from jsonb_to_recordset(v_changes) as c(sensor integer, old_device integer, device integer, type bigint,
                                            old_unit text, old_sum text, unit text, sum text)
    where private.has_values(array[c.sensor], array[c.old_device, c.device])
    limit 1;
    if found then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = format('cdTipoSensor: the sensor has values in %s (dsAgregacao %s); those of type %s are '
                         'in %s (%s)', coalesce(v_valued.old_unit, 'no unit'), v_valued.old_sum,
                         v_valued.type, coalesce(v_valued.unit, 'no unit'), v_valued.sum),
        detail = 'Register another sensor with the new type, or use a type of the same unit and dsAgregacao.';
    end if;
    if v_round = 1 then
      perform private.shut_out_ingestion();
    end if;
  end loop;
  return null;
end
$$;
comment on function private.refuse_other_unit is
  'Refuses a type of another unit or dsAgregacao for a sensor that has values.';
revoke all on function private.refuse_other_unit from public;
-- A whole hour after which a history has no more positions than are to be left out before a page, and few
-- less: what is newer need not be read, as it can be counted. The hour is looked for where it would be if
-- positions came evenly, and every third time in the middle. p_until plus a little: nothing can be left out.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.skip_history(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp, p_skip bigint) returns timestamp
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_now timestamp := now() at time zone 'UTC';
  v_near bigint := greatest(1000, p_skip / 20); -- positions that may remain to be left out one by one
  v_old timestamp := greatest(p_since, v_now - interval '10 years');
  v_new timestamp := greatest(least(p_until, v_now), v_old);
  v_after_old bigint := private.count_history(p_targets, p_client, v_old, p_until);
  v_after_new bigint := private.count_history(p_targets, p_client, v_new, p_until);
  v_time timestamp;
  v_count bigint;
begin
  if v_after_new > p_skip then
    return case when p_until < '10000-01-01' then p_until + interval '1 microsecond' else 'infinity' end;
  elsif v_after_old <= p_skip then
    return v_old;
  end if;
  for n in 1..20 loop
    exit when p_skip - v_after_new <= v_near or v_new - v_old <= interval '1 hour';
    v_time := date_trunc('hour', v_new - (v_new - v_old) * case when n % 3 = 0 then 0.5
      else greatest(p_skip - v_after_new - v_near / 2, 1)::float8 / (v_after_old - v_after_new) end);
    v_time := greatest(v_time, date_trunc('hour', v_old) + interval '1 hour');
    v_count := private.count_history(p_targets, p_client, v_time, p_until);
    if v_count <= p_skip then
      v_new := v_time;
      v_after_new := v_count;
    else
      v_old := v_time;
      v_after_old := v_count;
    end if;
  end loop;
  return v_new;
end
$$;
comment on function private.skip_history is 'From when on positions can be left out of a page by counting.';
revoke all on function private.skip_history from public;
grant execute on function private.skip_history to authenticated, service_role;
-- Deliberately not inlined, as private.unnest_targets.
-- Part of private.count_history. Who may call it: every API role.
create function private.unnest_ranges(p_ranges private.data_range[]) returns setof private.data_range
language sql immutable rows 1000 set search_path = pg_catalog, pg_temp as $$
  select * from unnest(p_ranges)
$$;
comment on function private.unnest_ranges is 'Time ranges of devices as rows.';
revoke all on function private.unnest_ranges from public;
grant execute on function private.unnest_ranges to authenticated, service_role;
-- Deliberately not inlined: the planner assumes that an array has ten elements, and would go through all
-- targets for each time range. With this row estimate it uses a hash table.
-- Part of private.count_history. Who may call it: every API role.
create function private.unnest_targets(p_targets private.history_target[])
returns setof private.history_target
language sql immutable rows 1000 set search_path = pg_catalog, pg_temp as $$
  select * from unnest(p_targets)
$$;
comment on function private.unnest_targets is 'Devices of a history as rows.';
revoke all on function private.unnest_targets from public;
grant execute on function private.unnest_targets to authenticated, service_role;
-- What the sensors of each position measured, one JSON object per position, in the order of the positions.
-- p_all   false: null for positions that came without any value
-- Sensors and items are those the devices ever had (private.history_sensors, private.history_items). Part of
-- private.history_rows.
-- Values that are rows are looked up by key. Of those that are packed, each chunk is unpacked once, from the
-- first to the last time that is wanted of it.
-- Who may call it: every API role; row-level security decides which values.
create function private.values_of_positions(p_positions public."TbPosicao"[], p_all boolean)
returns jsonb[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = on
set enable_mergejoin = off set enable_bitmapscan = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_devices integer[] := array(select distinct p."cdDispositivo" from unnest(p_positions) p);
begin
  return array(
    with wanted as materialized (
      select p.ordinality as n, s."cdSensor", s."cdTipoSensor", s."nrUnidadeIni", p."dtRegistro",
             p."cdCliente", p."cdPosicao"
      from unnest(p_positions) with ordinality p
      join private.history_sensors(v_devices) s on s."cdDispositivo" = p."cdDispositivo"
    ), chunk as (
      select w."cdSensor", w."cdCliente", c."dtPrimeiro", min(w."dtRegistro") as since,
             max(w."dtRegistro") as until
      from wanted w
      cross join lateral private.chunk_at(w."cdSensor", w."dtRegistro", w."cdCliente") c
      where w."dtRegistro" < (select private.packed_before())
      group by 1, 2, 3
    ), packed as materialized (
      select k."cdSensor", k."cdCliente", v."dtRegistro", v."cdPosicao", v."nrValor", v."cdProdutoItem"
      from chunk k
      cross join lateral (
        select u."dtRegistro", u."cdPosicao", u."nrValor", u."cdProdutoItem"
        from private.unpacked_values(k.since, private.after(k.until)) u
        where u."cdSensor" = k."cdSensor" and u."cdCliente" = k."cdCliente"
        offset 0
      ) v
    ), value as (
      select w.n, w."cdSensor", w."cdTipoSensor", w."nrUnidadeIni", r."nrValor", r."cdProdutoItem"
      from wanted w
      cross join lateral (
        select v."nrValor", v."cdProdutoItem" from private.value_rows() v
        where v."cdSensor" = w."cdSensor" and v."dtRegistro" = w."dtRegistro"
          and v."cdCliente" = w."cdCliente" and v."cdPosicao" = w."cdPosicao"
        offset 0
      ) r
      union all
      select w.n, w."cdSensor", w."cdTipoSensor", w."nrUnidadeIni", v."nrValor", v."cdProdutoItem"
      from wanted w
      join packed v on v."cdSensor" = w."cdSensor" and v."cdCliente" = w."cdCliente"
        and v."dtRegistro" = w."dtRegistro" and v."cdPosicao" = w."cdPosicao"
    )
    select case when p_all or count(v.n) > 0 then jsonb_build_object(
      'nrPorta', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('porta')),
      'nrTemperatura',
        max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('temperatura')),
      'nrPessoas', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('pessoas')),
      'nrMasculino', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('masculino')),
      'nrFeminino', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('feminino')),
      'nrCrianca', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('crianca')),
      'nrJovem', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('jovem')),
      'nrAdulto', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('adulto')),
      'nrSenior', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('senior')),
      'nrAlegre', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('alegre')),
      'nrTriste', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('concentrado')),
      'nrNeutro', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('neutro')),
      'nrCategoriaTotal',
        max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('categoria_total')),
      'itens', coalesce(jsonb_agg(jsonb_build_object(
        'cdSensor', v."cdSensor", 'dsProdutoItem', i."dsNome", 'nrQtdItens', private.count_items(
          v."cdTipoSensor", v."nrValor", v."nrUnidadeIni", i."nrPesoUnit", i."nrAlt"))
        order by v."cdSensor") filter (where v."cdProdutoItem" is not null), '[]')) end
    from generate_subscripts(p_positions, 1) p
    left join value v on v.n = p
    left join private.history_items(v_devices) i on i."cdProdutoItem" = v."cdProdutoItem"
    group by p
    order by p);
end
$$;
comment on function private.values_of_positions is 'The values that came with each position, as JSON.';
revoke all on function private.values_of_positions from public;
grant execute on function private.values_of_positions to authenticated, service_role;
-- end

-- from sql/50_history/rpc
-- What get_historico_paginado returns in pages, for callers that do not use pages: [row], newest first, only
-- positions that came with values.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 20,000 rows: nothing is ever cut silently.
create function public.get_historico_completo(p_cd_cliente integer default null,
  p_cd_dispositivo integer default 0, p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null)
returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_targets private.history_target[];
  v_total bigint;
  v_page public."TbPosicao"[];
begin
  perform private.require_permission('read');
  v_targets := private.history_targets(p_cd_cliente, p_cd_dispositivo, null);
  v_total := private.count_history(v_targets, p_cd_cliente, v_since, v_until);
  perform private.require_row_limit(v_total, 20000);
  -- not by history_page: all of them are in no shorter time
  v_page := private.history_slice(
    v_targets, p_cd_cliente, v_since, v_until, null, 0, greatest(v_total, 1)::integer);
  return private.history_rows(v_page, false);
end
$$;
comment on function public.get_historico_completo is
  'History of devices without pages, newest first; at most 20,000 rows.';
revoke all on function public.get_historico_completo from public;
grant execute on function public.get_historico_completo to authenticated, service_role;
-- Deprecated together with VwRelHistoricoDispositivoProduto, whose rows it returns, newest first: one for
-- each value of a position.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 50,000 positions: nothing is ever cut silently.
create function public.get_historico_leituras(p_cd_cliente integer default null,
  p_cd_dispositivo integer default 0, p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_devices integer[];
begin
  perform private.require_permission('read');
  v_devices := array(
    select a."cdDispositivo" from unnest(private.history_targets(p_cd_cliente, p_cd_dispositivo, null)) a);
  -- no further than to the limit: counters know measuring windows, which the view does not
  perform private.require_row_limit(
    (select count(*) from (
       select from unnest(v_devices) d
       cross join lateral private.positions_between(d, v_since, private.after(v_until)) p
       where (p_cd_cliente is null or p."cdCliente" = p_cd_cliente)
       limit 50001) p), 50000);
  perform private.require_sound_values(
    array(select s."cdSensor" from private.history_sensors(v_devices) s), v_since, v_until);
  return (
    select coalesce(json_agg(v order by v."dtRegistro" desc, v."cdDispositivo", v."cdSensor"), '[]')
    from public."VwRelHistoricoDispositivoProduto" v
    where v."cdDispositivo" = any (v_devices) and v."dtRegistro" between v_since and v_until
      and (p_cd_cliente is null or v."cdCliente" = p_cd_cliente));
end
$$;
comment on function public.get_historico_leituras is
  'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each value of a '
  'position.';
revoke all on function public.get_historico_leituras from public;
grant execute on function public.get_historico_leituras to authenticated, service_role;
-- History of devices, newest first, with the values of their sensors: {data, total, page, pageSize,
-- nextCursor, complete}; complete is false where packed history of that time is damaged and left out.
-- p_cd_cliente          owner at receipt (null or 0: every visible one)
-- p_cd_dispositivo, p_cd_dispositivos   one device (0: all), or several
-- p_dt_registro_comeco, p_dt_registro_fim   both ends included
-- p_page, p_page_size   pages from 1, of 1 to 1,000 rows
-- p_cursor              nextCursor of the previous page; replaces p_page
-- p_exigir              true: PT404 NOT_FOUND for one device that is unknown or not visible
-- p_coordenadas         also latitude, longitude, precision (nrPrecisao, metres), battery (nrBat, volts;
--                       nrBatPorcento, of 3.7 V) and blArea of each row
-- Positions outside the measuring window of their device are left out and not counted; the total is exact. A
-- cursor keeps its place while data arrives; page numbers shift.
-- Who: callers with the permission read; row-level security decides which rows. Raises PT400
-- INVALID_PARAMETER.
create function public.get_historico_paginado(p_cd_cliente integer default null,
  p_cd_dispositivo integer default null, p_cd_dispositivos integer[] default null,
  p_dt_registro_comeco timestamptz default null, p_dt_registro_fim timestamptz default null,
  p_page integer default 1, p_page_size integer default 50, p_cursor text default null,
  p_coordenadas boolean default false, p_exigir boolean default false) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := nullif(p_cd_cliente, 0);
  v_key text[];
  v_cursor private.history_cursor;
  v_since timestamp := coalesce(p_dt_registro_comeco at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_registro_fim at time zone 'UTC', 'infinity');
  v_targets private.history_target[];
  v_page public."TbPosicao"[];
  v_last public."TbPosicao";
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  if not coalesce(p_page >= 1 and p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'page must be at least 1, pageSize 1 to 1000';
  end if;
  v_key := private.read_cursor(
    p_cursor, '^(?:(\d{1,10}),)?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}),(\d{1,10}),(-?\d{1,16})?$', 4);
  v_cursor := private.make_history_cursor(
    p_time => v_key[2]::timestamp, p_device => v_key[3]::integer, p_seq => v_key[4]::bigint,
    p_client => v_key[1]::integer);
  v_targets := private.history_targets(v_client, p_cd_dispositivo, p_cd_dispositivos);
  if p_exigir and p_cd_dispositivo <> 0 and cardinality(v_targets) = 0 then -- perhaps filtered
    perform private.require_found(
      cardinality(private.history_targets(null, p_cd_dispositivo, null)) > 0, 'device');
  end if;
  v_page := private.history_page(v_targets, v_client, v_since, v_until, v_cursor,
    case when p_cursor is null then (p_page - 1)::bigint * p_page_size else 0 end, p_page_size + 1);
  v_last := v_page[p_page_size];
  return jsonb_build_object(
    'data', private.history_rows(
      v_page[:p_page_size], p_coordinates => coalesce(p_coordenadas, false)),
    'total', private.count_history(v_targets, v_client, v_since, v_until),
    'page', p_page, 'pageSize', p_page_size,
    'complete', not private.is_damaged_history(
      array(select t."cdDispositivo" from unnest(v_targets) t), v_client, v_since, v_until),
    'nextCursor', case when cardinality(v_page) > p_page_size then private.write_cursor(array[
      v_last."cdCliente"::text,
      to_char(v_last."dtRegistro", 'YYYY-MM-DD HH24:MI:SS.US'),
      v_last."cdDispositivo"::text,
      v_last."nrSeq"::text]) end);
end
$$;
comment on function public.get_historico_paginado is
  'History of devices in pages, newest first, with an exact total and a keyset cursor.';
revoke all on function public.get_historico_paginado from public;
grant execute on function public.get_historico_paginado to authenticated, service_role;
-- The track of a device, ascending: {cdDispositivo, data: [{ts, lat, long, nrPrecisao}], complete,
-- nextCursor}, without positions that have no coordinates; nrPrecisao is metres, null when not stated;
-- complete is false where packed history of that time is damaged and left out.
-- p_dt_inicio, p_dt_fim  both ends included;  p_page_size  points per page, 1 to 1,000
-- p_cursor               nextCursor of the previous page: client, time and nrSeq of its last point
-- p_exigir               true: PT404 NOT_FOUND for a device that is unknown or not visible
-- Who: callers with the permission read; row-level security decides which positions. Raises PT400
-- INVALID_PARAMETER.
create function public.get_trajeto(p_cd_dispositivo integer, p_dt_inicio timestamptz, p_dt_fim timestamptz,
  p_page_size integer default 1000, p_cursor text default null,
  p_exigir boolean default false) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_key text[] := private.read_cursor(
    p_cursor, '^(?:(\d{1,10}),)?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?),(-?\d{1,16})?$', 3);
  v_after timestamp := v_key[2]::timestamp;
  v_seq bigint := v_key[3]::bigint;
  v_client integer := v_key[1]::integer;
  v_since timestamp := greatest(p_dt_inicio at time zone 'UTC', v_after);
  v_until timestamp := private.after(p_dt_fim at time zone 'UTC');
begin
  perform private.require_permission('read');
  perform private.require_page(p_page_size);
  if p_exigir then
    perform private.require_found(
      cardinality(private.history_targets(null, p_cd_dispositivo, null)) > 0, 'device');
  end if;
  return (
    with point as materialized (
      select p."dtRegistro", p."nrSeq", p."cdCliente", p."dsLat", p."dsLong", p."nrPrecisao",
             row_number() over (order by p."dtRegistro", p."nrSeq" nulls first, p."cdCliente") as n
      from (
        (select r.* from private.position_rows() r
         where r."cdDispositivo" = p_cd_dispositivo and r."dtRegistro" >= v_since
           and r."dtRegistro" < v_until and r."dsLat" is not null
           and (v_after is null or r."dtRegistro" > v_after
                or r."nrSeq" is not null and (v_seq is null or r."nrSeq" > v_seq)
                or r."nrSeq" is not distinct from v_seq and r."cdCliente" > v_client)
         order by r."dtRegistro", r."nrSeq" nulls first, r."cdCliente" limit p_page_size + 1)
        union all
        (select f.* from private.packed_positions(p_cd_dispositivo, v_since, v_until) f
         where f."dsLat" is not null
           and (v_after is null or f."dtRegistro" > v_after
                or f."nrSeq" is not null and (v_seq is null or f."nrSeq" > v_seq)
                or f."nrSeq" is not distinct from v_seq and f."cdCliente" > v_client)
         order by f."dtRegistro", f."nrSeq" nulls first, f."cdCliente" limit p_page_size + 1)
      ) p
      order by p."dtRegistro", p."nrSeq" nulls first, p."cdCliente"
      limit p_page_size + 1
    )
    select json_build_object('cdDispositivo', p_cd_dispositivo,
      'data', (
        select coalesce(json_agg(json_build_object('ts', p."dtRegistro", 'lat', p."dsLat", 'long', p."dsLong",
                                                   'nrPrecisao', p."nrPrecisao")
                                 order by p.n), '[]')
        from point p where p.n <= p_page_size),
      'complete', not private.is_damaged_history(
        array[p_cd_dispositivo], null, v_since, v_until, p_values => false),
      'nextCursor', (
        select private.write_cursor(array[p."cdCliente"::text, p."dtRegistro"::text, p."nrSeq"::text])
        from point p where p.n = p_page_size and exists (select from point m where m.n > p_page_size))));
end
$$;
comment on function public.get_trajeto is 'The track of a device, in pages.';
revoke all on function public.get_trajeto from public;
grant execute on function public.get_trajeto to authenticated, service_role;
-- end

-- from sql/50_history/views
-- Deprecated: kept for legacy front ends until 2027-11-30. One row for each value of a position, newest
-- first. Values are looked up by the sensors the device ever had, each by its key, from the partition of that
-- time only. What a device sent for a former owner is in get_historico_paginado, not here.
create view public."VwRelHistoricoDispositivoProduto" with (security_invoker = true) as
select d."cdProduto", p."cdCliente", pr."nrCodigo", pr."dsDescricao", p."dtRegistro", p."cdDispositivo",
       t."dsNome", e."dsLogradouro" as "dsEndereco", l."cdSensor",
       private.battery_percent(p."nrBat") as "nrBatPercentual",
       l."nrPorta", l."nrTemperatura",
       case when l."cdTipoSensor" = private.sensor_type('pessoas') then l."nrValor" end as "nrPessoas",
       case when l."cdTipoSensor" = private.sensor_type('masculino') then l."nrValor" end as "nrMasculino",
       case when l."cdTipoSensor" = private.sensor_type('feminino') then l."nrValor" end as "nrFeminino",
       case when l."cdTipoSensor" = private.sensor_type('crianca') then l."nrValor" end as "nrCrianca",
       case when l."cdTipoSensor" = private.sensor_type('jovem') then l."nrValor" end as "nrJovem",
       case when l."cdTipoSensor" = private.sensor_type('adulto') then l."nrValor" end as "nrAdulto",
       case when l."cdTipoSensor" = private.sensor_type('senior') then l."nrValor" end as "nrSenior",
       case when l."cdTipoSensor" = private.sensor_type('alegre') then l."nrValor" end as "nrAlegre",
       case when l."cdTipoSensor" = private.sensor_type('concentrado') then l."nrValor" end as "nrTriste",
       case when l."cdTipoSensor" = private.sensor_type('neutro') then l."nrValor" end as "nrNeutro",
       case when l."cdTipoSensor" = private.sensor_type('categoria_total') then l."nrValor" end
         as "nrCategoriaTotal",
       i."dsNome" as "dsProdutoItem",
       case when i."cdProdutoItem" is not null
         then private.count_items(l."cdTipoSensor", l."nrValor", l."nrUnidadeIni", i."nrPesoUnit", i."nrAlt")
       end as "nrQtdItens",
       l."nrValor" as "nrLeituraSensor", y."dsNome" as "dsTipoSensor", y."dsUnidade" as "dsUnidadeMedida",
       case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end as "dsStatus",
       d."cdStatus" as "dsStatusDispositivo", i."nrPesoUnit" as "nrPesoUnitario",
       i."nrLarg", i."nrComp", i."nrAlt", l."nrUnidadeIni", l."nrUnidadeFim", p."cdPosicao"
from public."TbPosicao" p
join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
cross join lateral (
  select r."cdSensor", r."nrValor", r."cdProdutoItem", s."cdTipoSensor", s."nrUnidadeIni", s."nrUnidadeFim",
         max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('porta')) over () as "nrPorta",
         max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('temperatura')) over ()
           as "nrTemperatura"
  from (
    select distinct v."cdSensor" from public."TbSensorVinculo" v
    where v."cdDispositivo" = p."cdDispositivo"
  ) v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  join lateral private.stored_value(v."cdSensor", p."dtRegistro", p."cdCliente") r
    on r."cdPosicao" = p."cdPosicao"
) l
join public."TbTipoSensor" y on y.id = l."cdTipoSensor"
left join public."TbProdutoItem" i on i."cdProdutoItem" = l."cdProdutoItem"
order by p."dtRegistro" desc;
revoke all on public."VwRelHistoricoDispositivoProduto" from public, anon, authenticated;
grant select on public."VwRelHistoricoDispositivoProduto" to authenticated, service_role;
comment on view public."VwRelHistoricoDispositivoProduto" is
  'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each value of a '
  'position.';
-- Health of each device, for dashboards, from the positions that its present owner received in the last seven
-- full days (São Paulo) and today; when it was last heard of, from values, too. Time outside its measuring
-- window does not count: silence then is not a gap, and no position is missing.
create view public."VwSaudeFrota" with (security_invoker = true) as
select d."cdDispositivo", d."dsDispositivo", d."cdCliente", d."cdProduto", d."cdStatus",
       h.ultimo as "dtUltimoRegistro",
       extract(epoch from now() at time zone 'UTC' - h.ultimo)::double precision as "nrSegundosSemRegistro",
       extract(epoch from u."dtRegistro" - u."dtAlteracao" at time zone 'UTC')::double precision
         as "nrDesvioRelogio",
       r.cadencia as "nrCadencia", g.lacunas as "nrLacunas", g.maior as "nrMaiorLacuna", u."nrBat",
       r.tendencia as "nrTendenciaBateria", c.completude as "jsCompletude"
from public."TbDispositivo" d
cross join (select private.packed_before() as packed offset 0) k
left join public."TbPosicaoAtual" u
  on u."cdDispositivo" = d."cdDispositivo" and u."cdCliente" = d."cdCliente"
cross join lateral ( -- many send values without positions
  select greatest(u."dtRegistro", max(v."dtRegistro")) as ultimo
  from public."TbSensor" s
  cross join lateral (
    (select r."dtRegistro" from private.value_rows() r
     where r."cdSensor" = s."cdSensor" and r."dtRegistro" >= k.packed and r."cdCliente" = d."cdCliente"
       and r."cdDispositivo" = d."cdDispositivo"
     order by r."dtRegistro" desc limit 1)
    union all
    select r."dtRegistro" from private.newest_value(
      s."cdSensor", '-infinity', k.packed, d."cdDispositivo", d."cdCliente") r
    limit 1
  ) v
  where s."cdDispositivo" = d."cdDispositivo"
) h
cross join lateral (
  select (now() at time zone 'America/Sao_Paulo')::date - 7 as primeiro,
         coalesce(extract(epoch from d."horarioMedicaoInicio"), 0) as inicio,
         coalesce(nullif(
           (86400 + extract(epoch from d."horarioMedicaoFim" - d."horarioMedicaoInicio")::integer) % 86400,
           0), 86400) as segundos -- of a day inside its measuring window
) j
cross join lateral (
  select percentile_cont(0.5) within group (order by i.silencio) as cadencia,
         array_agg(i.silencio) as silencios, array_agg(i.data) as datas,
         -- less than a day shows no trend
         case when max(i.dia) - min(i.dia) >= 1 then regr_slope(i.volts, i.dia) end as tendencia
  from (
    select case when p."nrBat" between 0 and 60 then p."nrBat" end as volts, -- others may be stored
           (p."dtRegistro" at time zone 'UTC' at time zone 'America/Sao_Paulo')::date as data,
           (extract(epoch from p."dtRegistro") / 86400)::double precision as dia,
           (extract(epoch from p."dtRegistro" - lag(p."dtRegistro") over w) - (86400 - j.segundos)
              * (floor((extract(epoch from p."dtRegistro") - j.inicio) / 86400)
                 - floor((extract(epoch from lag(p."dtRegistro") over w) - j.inicio) / 86400))
           )::double precision as silencio
    from private.positions_between(d."cdDispositivo", -- to an end, which prunes later months
      j.primeiro::timestamp at time zone 'America/Sao_Paulo' at time zone 'UTC',
      (j.primeiro + 9)::timestamp at time zone 'America/Sao_Paulo' at time zone 'UTC') p
    where p."cdCliente" = d."cdCliente"
      and private.in_measuring_window(p."dtRegistro"::time, d."horarioMedicaoInicio", d."horarioMedicaoFim")
    window w as (order by p."dtRegistro", p."nrSeq")
  ) i
) r
cross join lateral (
  select count(*) filter (where s > 3 * r.cadencia) as lacunas, max(s) as maior from unnest(r.silencios) s
) g
cross join lateral (
  select jsonb_object_agg(t.dia, case
           when r.cadencia > 0 then least(1, round((t.qtd * r.cadencia / j.segundos)::numeric, 3))
         end) as completude
  from (
    select j.primeiro + n as dia, count(x.data) as qtd
    from generate_series(0, 6) n
    left join unnest(r.datas) as x(data) on x.data = j.primeiro + n
    group by 1
  ) t
) c;
revoke all on public."VwSaudeFrota" from public, anon, authenticated;
grant select on public."VwSaudeFrota" to authenticated, service_role;
comment on view public."VwSaudeFrota" is
  'Health of each device: when it was last heard of, regularity, gaps, clock and battery.';
comment on column public."VwSaudeFrota"."nrSegundosSemRegistro" is
  'Seconds since the time of its latest position or value.';
comment on column public."VwSaudeFrota"."nrDesvioRelogio" is
  'Seconds by which the time of its latest position was ahead of (+) or behind (-) its receipt.';
comment on column public."VwSaudeFrota"."nrCadencia" is
  'Usual seconds between two positions: the median of the last seven days.';
comment on column public."VwSaudeFrota"."nrLacunas" is
  'How often in the last seven days it was silent for more than three times nrCadencia.';
comment on column public."VwSaudeFrota"."nrMaiorLacuna" is
  'Longest silence between two positions in the last seven days, in seconds.';
comment on column public."VwSaudeFrota"."nrTendenciaBateria" is
  'Volts a day that the battery gains (+) or loses (-), by linear regression over the last seven days; null '
  'for less than a day of positions.';
comment on column public."VwSaudeFrota"."jsCompletude" is
  'For each of the last seven full days (São Paulo): the share of expected positions that was received, 0 '
  'to 1.';
-- end

-- from sql/50_history/triggers
create trigger "TbDispositivo_historico" before delete on public."TbDispositivo"
  for each row execute function private.refuse_if_history('cdDispositivo');
comment on trigger "TbDispositivo_historico" on public."TbDispositivo" is
  'A device with history is retired, not deleted.';
-- By its name it comes after the triggers of the audit log: what it locks is locked last.
create trigger "TbDispositivo_travar" after delete on public."TbDispositivo"
  referencing old table as old_rows
  for each statement execute function private.refuse_late_history('cdDispositivo');
comment on trigger "TbDispositivo_travar" on public."TbDispositivo" is
  'Looks for history again, and keeps ingestion out until the devices are deleted.';
create trigger "TbEndereco_historico" before delete on public."TbEndereco"
  for each row execute function private.refuse_if_history('cdEndereco');
comment on trigger "TbEndereco_historico" on public."TbEndereco" is
  'An address that positions refer to is not deleted.';
create trigger "TbSensor_historico" before delete on public."TbSensor"
  for each row execute function private.refuse_if_history('cdSensor');
comment on trigger "TbSensor_historico" on public."TbSensor" is 'A sensor with history is not deleted.';
-- By its name it comes after the triggers of the audit log: what it locks is locked last.
create trigger "TbSensor_travar" after delete on public."TbSensor"
  referencing old table as old_rows
  for each statement execute function private.refuse_late_history('cdSensor');
comment on trigger "TbSensor_travar" on public."TbSensor" is
  'Looks for history again, and keeps ingestion out until the sensors are deleted.';
-- By its name it comes after the triggers of the audit log: what it locks is locked last.
create trigger "TbSensor_unidade" after update on public."TbSensor"
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.refuse_other_unit();
comment on trigger "TbSensor_unidade" on public."TbSensor" is
  'A sensor that has values keeps their unit and how they are summed up.';
create trigger "TbTipoSensor_historico" before delete on public."TbTipoSensor"
  for each row when (old."cdCliente" is null) execute function private.keep_former_types();
comment on trigger "TbTipoSensor_historico" on public."TbTipoSensor" is
  'A type that the history of a former owner refers to is not deleted.';
-- end
