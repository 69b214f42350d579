-- History in pages, and the deprecated view of phase 2b; what has history is retired, not deleted.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/50_history/types
create type private.history_cursor as ("dtRegistro" timestamp, "cdDispositivo" integer, "nrSeq" integer);
comment on type private.history_cursor is 'The last row of a page of history: the next page begins behind it.';
create type private.history_target as ("cdDispositivo" integer, starts time, ends time);
comment on type private.history_target is 'A device whose history is asked for, with its measuring window.';
-- end

-- from sql/50_history/functions
-- From the counters where they are right: whole hours between the ends that are counted, without marks, and for the window
-- that the device has now. The rest is counted.
create function private.count_history(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_watermark record := private.rollup_watermark();
  v_end timestamp := p_until + interval '1 microsecond'; -- the end is included
  v_since timestamp := date_trunc('hour', greatest(p_since, v_watermark.floor) + interval '1 hour' - interval '1 microsecond');
  v_until timestamp := date_trunc('hour', least(v_end, v_watermark.watermark));
  v_dirty private.data_range[];
  v_other_windows private.data_range[]; -- days counted for another window
  v_total bigint;
begin
  if not v_since < v_until then
    return private.count_positions(p_targets, p_client, array(
      select row(a."cdDispositivo", null, p_since, v_end)::private.data_range from unnest(p_targets) a));
  end if;
  v_dirty := private.dirty_count_hours(p_targets, v_since, v_until);
  with day as materialized (
    select c."cdDispositivo", c."dtDia", c."nrQtd", c."nrHoras", greatest(c."dtDia", v_since) as since,
           least(c."dtDia" + interval '1 day', v_until) as until,
           (c."horarioMedicaoInicio", c."horarioMedicaoFim") is not distinct from (a.starts, a.ends) as is_valid
    from unnest(p_targets) a
    join public."TbContagemDiaria" c on c."cdDispositivo" = a."cdDispositivo"
      and c."dtDia" >= v_since::date and c."dtDia" <= (v_until - interval '1 hour')::date
    where p_client is null or c."cdCliente" = p_client
  )
  select coalesce(sum(case
           when d.until - d.since = interval '1 day' then d."nrQtd"
           else (select sum(h) from unnest(d."nrHoras"[1 + extract(hour from d.since)::integer:
                                                        1 + extract(hour from d.until - interval '1 hour')::integer]) h)
         end) filter (where d.is_valid), 0)
         - coalesce(sum((
           select sum(d."nrHoras"[1 + extract(hour from f.since)::integer]) from unnest(v_dirty) f
           where f.code = d."cdDispositivo" and f.since::date = d."dtDia")) filter (where d.is_valid), 0),
         coalesce(array_agg(distinct row(d."cdDispositivo", null, d.since, d.until)::private.data_range) filter (where not d.is_valid), '{}')
  into v_total, v_other_windows
  from day d;
  return v_total + private.count_positions(p_targets, p_client, v_other_windows || array(
    select row(a."cdDispositivo", null, p_since, v_since)::private.data_range from unnest(p_targets) a where p_since < v_since
    union all
    select row(a."cdDispositivo", null, v_until, v_end)::private.data_range from unnest(p_targets) a where v_until < v_end
    union all
    select f from unnest(v_dirty) f
    where not exists (select from unnest(v_other_windows) x where x.code = f.code and f.since >= x.since and f.since < x.until)));
end
$$;
comment on function private.count_history is
  'How many positions all pages have together.';
revoke all on function private.count_history from public;
grant execute on function private.count_history to authenticated, service_role;
-- By weight (grams, less the tare), by distance (millimetres), or as counted; 0 where the divisor is missing. Inlined.
create function private.count_items(p_type bigint, p_value double precision, p_tare integer, p_weight double precision,
                                     p_height double precision) returns double precision
language sql immutable parallel safe as $$
  select case p_type
    when private.sensor_type('peso') then case when coalesce(p_weight, 0) = 0 then 0 else (p_value - coalesce(p_tare, 0)) / p_weight end
    when private.sensor_type('distancia') then case when coalesce(p_height, 0) = 0 then 0 else p_value / p_height end
    else p_value
  end
$$;
comment on function private.count_items is
  'How many items a reading stands for.';
revoke all on function private.count_items from public;
grant execute on function private.count_items to authenticated, service_role;
-- From the positions: pieces of devices, end excluded.
create function private.count_positions(p_targets private.history_target[], p_client integer, p_ranges private.data_range[])
returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  return (
    select count(*)
    from unnest(p_ranges) f
    join unnest(p_targets) a on a."cdDispositivo" = f.code
    join public."TbPosicao" q on q."cdDispositivo" = f.code and q."dtRegistro" >= f.since and q."dtRegistro" < f.until
    where (p_client is null or q."cdCliente" = p_client)
      and private.in_measuring_window(q."dtRegistro"::time, a.starts, a.ends));
end
$$;
comment on function private.count_positions is
  'Counts positions inside the measuring windows.';
revoke all on function private.count_positions from public;
grant execute on function private.count_positions to authenticated, service_role;
-- Hours of devices in which something was written or deleted since they were counted. Security definer: marks are nobody
-- else's to read.
create function private.dirty_count_hours(p_targets private.history_target[], p_since timestamp, p_until timestamp) returns private.data_range[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return array(
    select distinct row(a."cdDispositivo", null, p."dtHora", p."dtHora" + interval '1 hour')::private.data_range
    from unnest(p_targets) a
    join private."TbRollupPendente" p on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" >= p_since and p."dtHora" < p_until
    where exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = a."cdDispositivo" and d."cdCliente" = any ((select private.visible_clients())::integer[])));
end
$$;
comment on function private.dirty_count_hours is
  'Hours of devices that are counted on reading, as something in them changed.';
revoke all on function private.dirty_count_hours from public;
grant execute on function private.dirty_count_hours to authenticated, service_role;
-- Items that the sensors of these devices ever counted. Security definer as above, and for the same reason: an item is told where
-- it was counted, whatever product it belongs to now.
create function private.history_items(p_devices integer[])
returns table ("cdProdutoItem" integer, "dsNome" text, "nrPesoUnit" double precision, "nrAlt" double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select i."cdProdutoItem", i."dsNome", i."nrPesoUnit", i."nrAlt"
  from public."TbProdutoItem" i
  where i."cdProdutoItem" in (
    select v."cdProdutoItem" from public."TbSensorVinculo" v
    where v."cdDispositivo" = any (p_devices)
      and exists (
        select from public."TbDispositivoVinculo" d
        where d."cdDispositivo" = v."cdDispositivo"
          and d."cdCliente" = any ((select private.visible_clients())::integer[])))
$$;
comment on function private.history_items is
  'Items that sensors of devices that the caller''s clients ever owned ever counted.';
revoke all on function private.history_items from public;
grant execute on function private.history_items to authenticated, service_role;
-- One page of positions, newest first. Order and key are (dtRegistro, cdDispositivo, nrSeq; null lowest), so nothing that
-- arrives later moves what was handed out. Each device gives its newest rows, straight from the unique index and only from
-- the partitions in question, and the page is cut from those.
-- p_cursor  the row after which to begin, or null;  p_skip  rows to leave out first;  p_limit  rows at most
create function private.history_page(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp, p_cursor private.history_cursor, p_skip bigint, p_limit integer) returns public."TbPosicao"[]
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set enable_seqscan = off as $$
begin
  return array(
    select p.entry
    from unnest(p_targets) a
    cross join lateral (
      select q as entry, q."dtRegistro", q."cdDispositivo", q."nrSeq" from public."TbPosicao" q
      where q."cdDispositivo" = a."cdDispositivo"
        and q."dtRegistro" between p_since and least(p_until, p_cursor."dtRegistro")
        and (p_client is null or q."cdCliente" = p_client)
        and private.in_measuring_window(q."dtRegistro"::time, a.starts, a.ends)
        and (p_cursor."dtRegistro" is null
          or private.is_behind_cursor(q."dtRegistro", q."cdDispositivo", q."nrSeq", p_cursor))
      order by q."dtRegistro" desc, q."nrSeq" desc nulls last
      limit p_skip + p_limit
    ) p
    order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last
    offset p_skip limit p_limit);
end
$$;
comment on function private.history_page is 'One page of positions, newest first.';
revoke all on function private.history_page from public;
grant execute on function private.history_page to authenticated, service_role;
create function private.history_rows(p_positions public."TbPosicao"[]) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$ -- a plan for one small page might read all addresses
begin
  return (
    with sensor as materialized (
      select * from private.history_sensors(array(select distinct p."cdDispositivo" from unnest(p_positions) p))
    ), item as materialized (
      select * from private.history_items(array(select distinct p."cdDispositivo" from unnest(p_positions) p))
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'cdProduto', d."cdProduto", 'nrCodigo', pr."nrCodigo", 'dsDescricao', pr."dsDescricao", 'dtRegistro', p."dtRegistro",
      'cdDispositivo', p."cdDispositivo", 'dsNome', t."dsNome", 'dsEndereco', e."dsLogradouro",
      'nrBatPercentual', case when p."nrBat" is not null then round((least(p."nrBat", 3.7) / 3.7 * 100)::numeric, 2) || '%' end,
      'dsStatus', case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end,
      'dsStatusDispositivo', d."cdStatus", 'cdPosicao', p."cdPosicao") || l.sensor_values
      order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last), '[]')
    from unnest(p_positions) p
    left join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
    left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
    left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
    left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
    cross join lateral (
      select jsonb_build_object(
        'nrPorta', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('porta')),
        'nrTemperatura', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('temperatura')),
        'nrPessoas', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('pessoas')),
        'nrMasculino', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('masculino')),
        'nrFeminino', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('feminino')),
        'nrCrianca', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('crianca')),
        'nrJovem', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('jovem')),
        'nrAdulto', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('adulto')),
        'nrSenior', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('senior')),
        'nrAlegre', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('alegre')),
        'nrTriste', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('concentrado')),
        'nrNeutro', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('neutro')),
        'nrCategoriaTotal', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('categoria_total')),
        'itens', coalesce(jsonb_agg(jsonb_build_object(
            'cdSensor', r."cdSensor", 'dsProdutoItem', i."dsNome",
            'nrQtdItens', private.count_items(s."cdTipoSensor", r."nrValor", s."nrUnidadeIni", i."nrPesoUnit", i."nrAlt"))
          order by r."cdSensor") filter (where r."cdProdutoItem" is not null), '[]')) as sensor_values
      from sensor s
      join public."TbSensorRegistro" r
        on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdPosicao" = p."cdPosicao"
      left join item i on i."cdProdutoItem" = r."cdProdutoItem"
      where s."cdDispositivo" = p."cdDispositivo"
    ) l);
end
$$;
comment on function private.history_rows is 'The rows of a page of history as JSON.';
revoke all on function private.history_rows from public;
grant execute on function private.history_rows to authenticated, service_role;
-- What is told about the positions of a page.
--
-- Sensors that ever were on these devices. Security definer: after a device or sensor moved on, the history of its former
-- owner stays readable, though the sensor itself is not visible to them any more.
create function private.history_sensors(p_devices integer[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, "nrUnidadeIni" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct v."cdDispositivo", s."cdSensor", s."cdTipoSensor", s."nrUnidadeIni"
  from public."TbSensorVinculo" v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  where v."cdDispositivo" = any (p_devices)
    and exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = v."cdDispositivo"
        and d."cdCliente" = any ((select private.visible_clients())::integer[]))
$$;
comment on function private.history_sensors is
  'Sensors that ever were on devices that the caller''s clients ever owned.';
revoke all on function private.history_sensors from public;
grant execute on function private.history_sensors to authenticated, service_role;
-- The devices of a client include those it owned once: their old history stays with it. Security definer: the measuring
-- window counts for former owners too, who do not see the device any more; else the total would depend on who asks.
create function private.history_targets(p_client integer, p_device integer, p_devices integer[])
returns private.history_target[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[] := private.visible_clients();
begin
  return array(
    select row(v."cdDispositivo", d."horarioMedicaoInicio", d."horarioMedicaoFim")::private.history_target
    from (
      select distinct w."cdDispositivo" from public."TbDispositivoVinculo" w
      where w."cdCliente" = any (v_visible_clients)
        and (p_client is null or w."cdCliente" = p_client)
        and (coalesce(p_device, 0) = 0 or w."cdDispositivo" = p_device)
        and (p_devices is null or w."cdDispositivo" = any (p_devices))
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo");
end
$$;
comment on function private.history_targets is 'Devices whose history is asked for.';
revoke all on function private.history_targets from public;
grant execute on function private.history_targets to authenticated, service_role;
-- Whose history is asked for.
--
-- A measuring window includes both ends and may cross midnight; without one it is all day. Inlined: no SET clause.
create function private.in_measuring_window(p_time_of_day time, p_start time, p_end time) returns boolean
language sql immutable parallel safe as $$
  select case
    when p_start is null or p_end is null then true
    when p_start <= p_end then p_time_of_day between p_start and p_end
    else p_time_of_day >= p_start or p_time_of_day <= p_end
  end
$$;
comment on function private.in_measuring_window is 'The time of day lies in the measuring window.';
revoke all on function private.in_measuring_window from public;
grant execute on function private.in_measuring_window to authenticated, service_role;
-- Inlined: no SET clause.
create function private.is_behind_cursor(p_time timestamp, p_device integer, p_seq integer,
                                        p_cursor private.history_cursor) returns boolean
language sql immutable parallel safe as $$
  select p_time < p_cursor."dtRegistro" or p_time = p_cursor."dtRegistro" and (
    p_device < p_cursor."cdDispositivo"
    or p_device = p_cursor."cdDispositivo"
      and (p_seq < p_cursor."nrSeq" or p_seq is null and p_cursor."nrSeq" is not null))
$$;
comment on function private.is_behind_cursor is
  'The row comes behind the cursor, newest first.';
revoke all on function private.is_behind_cursor from public;
grant execute on function private.is_behind_cursor to authenticated, service_role;
-- What has history can be retired, never deleted. The time series have no foreign keys, so these triggers look; they
-- shut out ingests first, before any row is locked, so that none in flight can add history to what is just being deleted.
-- Security definer: the check must see rows that the person deleting may not see.
create function private.lock_before_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.lock_ingestion(true);
  return null;
end
$$;
comment on function private.lock_before_delete is 'Shuts out ingests until the deletion is committed.';
revoke all on function private.lock_before_delete from public;
create function private.positions_with_values(p_positions public."TbPosicao"[]) returns public."TbPosicao"[]
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
begin
  return (
    with sensor as materialized (
      select * from private.history_sensors(array(select distinct p."cdDispositivo" from unnest(p_positions) p))
    )
    select coalesce(array_agg(p.entry order by p.n), '{}')
    from (select row(u.*)::public."TbPosicao" as entry, u."cdDispositivo", u."dtRegistro", u."cdPosicao", row_number() over () as n
          from unnest(p_positions) u) p
    where exists (
      select from sensor s
      join public."TbSensorRegistro" r
        on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdPosicao" = p."cdPosicao"
      where s."cdDispositivo" = p."cdDispositivo"));
end
$$;
comment on function private.positions_with_values is 'Those positions that came with readings, in their order.';
revoke all on function private.positions_with_values from public;
grant execute on function private.positions_with_values to authenticated, service_role;
-- Keyset cursor of the history. Opaque to callers: base64 of 'dtRegistro,cdDispositivo,nrSeq'.
--
-- Raises PT400 INVALID_PARAMETER for a text that was not handed out.
create function private.read_history_cursor(p_text text) returns private.history_cursor
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[];
begin
  if p_text is null then
    return null;
  end if;
  v_parts := regexp_match(convert_from(decode(p_text, 'base64'), 'UTF8'),
                           '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}),(\d{1,10}),(-?\d{1,10})?$');
  if v_parts is null then
    raise data_exception;
  end if;
  return row(v_parts[1]::timestamp, v_parts[2]::integer, v_parts[3]::integer);
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.read_history_cursor is 'Where a page of history begins; null for the first one.';
revoke all on function private.read_history_cursor from public;
grant execute on function private.read_history_cursor to authenticated, service_role;
-- Where a page of a device's way begins. Opaque to callers: base64 of 'time,sequence number' of the last point given.
create function private.read_track_cursor(p_text text, out after_time timestamp, out seq integer)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[];
begin
  if p_text is null then
    return;
  end if;
  v_parts := regexp_match(convert_from(decode(p_text, 'base64'), 'UTF8'),
                           '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?),(-?\d{1,10})?$');
  if v_parts is null then
    raise data_exception;
  end if;
  after_time := v_parts[1]::timestamp;
  seq := v_parts[2]::integer;
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.read_track_cursor is 'Where a page of a way begins; nulls for the first one.';
revoke all on function private.read_track_cursor from public;
grant execute on function private.read_track_cursor to authenticated, service_role;
create function private.refuse_if_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'TbDispositivo' and (
       exists (select from public."TbPosicao" p where p."cdDispositivo" = (to_jsonb(old) ->> 'cdDispositivo')::integer)
       or exists (select from public."TbSensorVinculo" v
                  join public."TbSensorRegistro" r on r."cdSensor" = v."cdSensor" and r."cdDispositivo" = v."cdDispositivo"
                  where v."cdDispositivo" = (to_jsonb(old) ->> 'cdDispositivo')::integer))
     or tg_table_name = 'TbSensor' and exists (
       select from public."TbSensorRegistro" r where r."cdSensor" = (to_jsonb(old) ->> 'cdSensor')::integer)
     or tg_table_name = 'TbEndereco' and exists (
       select from public."TbPosicao" p where p."cdEndereco" = (to_jsonb(old) ->> 'cdEndereco')::integer) then
    raise sqlstate 'PT409' using message = format('This row of %s has history and cannot be deleted', tg_table_name),
      hint = 'CONFLICT', detail = 'Retire it instead: set cdStatus to encerrado, or leave the sensor unused.';
  end if;
  return old;
end
$$;
comment on function private.refuse_if_history is 'Refuses to delete a device, sensor or address that has history.';
revoke all on function private.refuse_if_history from public;
create function private.write_history_cursor(p_row public."TbPosicao") returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(format('%s,%s,%s',
    to_char(p_row."dtRegistro", 'YYYY-MM-DD HH24:MI:SS.US'), p_row."cdDispositivo", p_row."nrSeq"), 'UTF8'),
    'base64'), E'\n', '')
$$;
comment on function private.write_history_cursor is 'The cursor behind this row.';
revoke all on function private.write_history_cursor from public;
grant execute on function private.write_history_cursor to authenticated, service_role;
-- end

-- from sql/50_history/rpc
-- What get_historico_paginado would give page by page, for callers that know no pages: [row], newest first, of positions that
-- came with readings.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 100,000 rows: nothing is ever cut silently.
create function public.get_historico_completo(p_cd_cliente integer default null, p_cd_dispositivo integer default 0,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null) returns jsonb
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
  perform private.require_row_limit(v_total, 100000);
  v_page := private.history_page(v_targets, p_cd_cliente, v_since, v_until, null, 0, greatest(v_total, 1)::integer);
  return private.history_rows(private.positions_with_values(v_page));
end
$$;
comment on function public.get_historico_completo is
  'History of devices without pages, newest first; at most 100,000 rows.';
revoke all on function public.get_historico_completo from public;
grant execute on function public.get_historico_completo to authenticated, service_role;
-- Deprecated with VwRelHistoricoDispositivoProduto, whose rows it gives, newest first: one for each reading of a position.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 100,000 positions: nothing is ever cut silently.
create function public.get_historico_leituras(p_cd_cliente integer default null, p_cd_dispositivo integer default 0,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_devices integer[];
begin
  perform private.require_permission('read');
  v_devices := array(
    select a."cdDispositivo" from unnest(private.history_targets(p_cd_cliente, p_cd_dispositivo, null)) a);
  perform private.require_row_limit(private.count_history(array(
    select row(d, null, null)::private.history_target from unnest(v_devices) d), p_cd_cliente, v_since, v_until), 100000);
  return (
    select coalesce(json_agg(v order by v."dtRegistro" desc, v."cdDispositivo", v."cdSensor"), '[]')
    from public."VwRelHistoricoDispositivoProduto" v
    where v."cdDispositivo" = any (v_devices) and v."dtRegistro" between v_since and v_until
      and (p_cd_cliente is null or v."cdCliente" = p_cd_cliente));
end
$$;
comment on function public.get_historico_leituras is
  'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each reading of a position.';
revoke all on function public.get_historico_leituras from public;
grant execute on function public.get_historico_leituras to authenticated, service_role;
-- History of devices, newest first, with what their sensors read: {data, total, page, pageSize, nextCursor}.
-- p_cd_cliente          owner at receipt (null or 0: every visible one)
-- p_cd_dispositivo, p_cd_dispositivos   one device (0: all), or several
-- p_dt_registro_comeco, p_dt_registro_fim   both ends included
-- p_page, p_page_size   pages from 1, of 1 to 1,000 rows;  p_cursor  nextCursor of the page before: goes before p_page
-- Reports outside the measuring window of their device are left out and not counted; total is exact. A cursor stays where
-- it is while data arrives; page numbers shift.
-- Who: callers with the permission read; row-level security decides which rows. Raises PT400 INVALID_PARAMETER.
create function public.get_historico_paginado(p_cd_cliente integer default null, p_cd_dispositivo integer default null,
  p_cd_dispositivos integer[] default null, p_dt_registro_comeco timestamptz default null,
  p_dt_registro_fim timestamptz default null, p_page integer default 1, p_page_size integer default 50,
  p_cursor text default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := nullif(p_cd_cliente, 0);
  v_cursor private.history_cursor;
  v_since timestamp := coalesce(p_dt_registro_comeco at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_registro_fim at time zone 'UTC', 'infinity');
  v_targets private.history_target[];
  v_page public."TbPosicao"[];
begin
  perform private.require_permission('read');
  if not coalesce(p_page >= 1 and p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'page begins at 1, pageSize is 1 to 1000', hint = 'INVALID_PARAMETER';
  end if;
  v_cursor := private.read_history_cursor(p_cursor);
  v_targets := private.history_targets(v_client, p_cd_dispositivo, p_cd_dispositivos);
  v_page := private.history_page(v_targets, v_client, v_since, v_until, v_cursor,
    case when p_cursor is null then (p_page - 1)::bigint * p_page_size else 0 end, p_page_size + 1);
  return jsonb_build_object(
    'data', private.history_rows(v_page[:p_page_size]),
    'total', private.count_history(v_targets, v_client, v_since, v_until),
    'page', p_page, 'pageSize', p_page_size,
    'nextCursor', case when cardinality(v_page) > p_page_size then private.write_history_cursor(v_page[p_page_size]) end);
end
$$;
comment on function public.get_historico_paginado is 'History of devices in pages, newest first, with exact total and a stable cursor.';
revoke all on function public.get_historico_paginado from public;
grant execute on function public.get_historico_paginado to authenticated, service_role;
-- The way of a device, ascending: {cdDispositivo, data: [{ts, lat, long}], nextCursor}. Reports without coordinates are left out.
-- p_dt_inicio, p_dt_fim  both ends included;  p_page_size  points a page, 1 to 1,000;  p_cursor  nextCursor of the page before
-- Who: callers with the permission read; row-level security decides which reports. Raises PT400 INVALID_PARAMETER.
create function public.get_trajeto(p_cd_dispositivo integer, p_dt_inicio timestamptz, p_dt_fim timestamptz,
                                   p_page_size integer default 1000, p_cursor text default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_cursor record := private.read_track_cursor(p_cursor);
begin
  perform private.require_permission('read');
  perform private.require_page(p_page_size);
  return (
    with point as materialized (
      select p."dtRegistro", p."nrSeq", p."dsLat", p."dsLong", row_number() over (order by p."dtRegistro", p."nrSeq" nulls first) as n
      from public."TbPosicao" p
      where p."cdDispositivo" = p_cd_dispositivo and p."dsLat" is not null
        and p."dtRegistro" >= greatest(p_dt_inicio at time zone 'UTC', v_cursor.after_time) and p."dtRegistro" <= p_dt_fim at time zone 'UTC'
        and (v_cursor.after_time is null or p."dtRegistro" > v_cursor.after_time
             or p."nrSeq" is not null and (v_cursor.seq is null or p."nrSeq" > v_cursor.seq))
      order by p."dtRegistro", p."nrSeq" nulls first
      limit p_page_size + 1
    )
    select json_build_object('cdDispositivo', p_cd_dispositivo,
      'data', (select coalesce(json_agg(json_build_object('ts', p."dtRegistro", 'lat', p."dsLat", 'long', p."dsLong") order by p.n), '[]')
               from point p where p.n <= p_page_size),
      'nextCursor', (select translate(encode(convert_to(p."dtRegistro" || ',' || coalesce(p."nrSeq"::text, ''), 'UTF8'), 'base64'), E'\n', '')
                     from point p where p.n = p_page_size and exists (select from point m where m.n > p_page_size))));
end
$$;
comment on function public.get_trajeto is 'The way of a device, in pages.';
revoke all on function public.get_trajeto from public;
grant execute on function public.get_trajeto to authenticated, service_role;
-- end

-- from sql/50_history/views
-- Deprecated: kept for old front ends until 2027-11-30. One row for each sensor reading of a position, newest first.
-- Readings are looked up by the sensors the device ever had, each by its key, from the partition of that time only. What a
-- device reported for a former owner is in get_historico_paginado, not here.
create view public."VwRelHistoricoDispositivoProduto" with (security_invoker = true) as
select d."cdProduto", p."cdCliente", pr."nrCodigo", pr."dsDescricao", p."dtRegistro", p."cdDispositivo", t."dsNome",
       e."dsLogradouro" as "dsEndereco", l."cdSensor",
       round((least(p."nrBat", 3.7) / 3.7 * 100)::numeric, 2) || '%' as "nrBatPercentual", l."nrPorta", l."nrTemperatura",
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
       case when l."cdTipoSensor" = private.sensor_type('categoria_total') then l."nrValor" end as "nrCategoriaTotal",
       i."dsNome" as "dsProdutoItem",
       case when i."cdProdutoItem" is not null
         then private.count_items(l."cdTipoSensor", l."nrValor", l."nrUnidadeIni", i."nrPesoUnit", i."nrAlt")
       end as "nrQtdItens",
       l."nrValor" as "nrLeituraSensor", y."dsNome" as "dsTipoSensor", y."dsUnidade" as "dsUnidadeMedida",
       case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end as "dsStatus",
       d."cdStatus" as "dsStatusDispositivo", i."nrPesoUnit" as "nrPesoUnitario", i."nrLarg", i."nrComp", i."nrAlt",
       l."nrUnidadeIni", l."nrUnidadeFim", p."cdPosicao"
from public."TbPosicao" p
join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
cross join lateral (
  select r."cdSensor", r."nrValor", r."cdProdutoItem", s."cdTipoSensor", s."nrUnidadeIni", s."nrUnidadeFim",
         max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('porta')) over () as "nrPorta",
         max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('temperatura')) over () as "nrTemperatura"
  from (select distinct v."cdSensor" from public."TbSensorVinculo" v where v."cdDispositivo" = p."cdDispositivo") v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  join public."TbSensorRegistro" r
    on r."cdSensor" = v."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdPosicao" = p."cdPosicao"
) l
join public."TbTipoSensor" y on y.id = l."cdTipoSensor"
left join public."TbProdutoItem" i on i."cdProdutoItem" = l."cdProdutoItem"
order by p."dtRegistro" desc;
revoke all on public."VwRelHistoricoDispositivoProduto" from public, anon, authenticated;
grant select on public."VwRelHistoricoDispositivoProduto" to authenticated, service_role;
comment on view public."VwRelHistoricoDispositivoProduto" is 'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each sensor reading of a position.';
-- How each device gets on, for the dashboard, from its reports of the last seven full days (São Paulo) and today. Time outside its
-- measuring window counts as no time at all: silence then is no gap, and nothing is missing.
create view public."VwSaudeFrota" with (security_invoker = true) as
select d."cdDispositivo", d."dsDispositivo", d."cdCliente", d."cdProduto", d."cdStatus", u."dtRegistro" as "dtUltimoRegistro",
       extract(epoch from now() at time zone 'UTC' - u."dtRegistro")::double precision as "nrSegundosSemRegistro",
       extract(epoch from u."dtRegistro" - u."dtAlteracao" at time zone 'UTC')::double precision as "nrDesvioRelogio",
       r.cadencia as "nrCadencia", g.lacunas as "nrLacunas", g.maior as "nrMaiorLacuna", u."nrBat",
       r.tendencia as "nrTendenciaBateria", c.completude as "jsCompletude"
from public."TbDispositivo" d
left join public."TbPosicaoAtual" u on u."cdDispositivo" = d."cdDispositivo"
cross join lateral (
  select (now() at time zone 'America/Sao_Paulo')::date - 7 as primeiro, coalesce(extract(epoch from d."horarioMedicaoInicio"), 0) as inicio,
         coalesce(nullif((86400 + extract(epoch from d."horarioMedicaoFim" - d."horarioMedicaoInicio")::integer) % 86400, 0), 86400)
           as segundos -- of a day in which it is to report
) j
cross join lateral (
  select percentile_cont(0.5) within group (order by i.silencio) as cadencia, array_agg(i.silencio) as silencios,
         array_agg(i.data) as datas,
         case when max(i.dia) - min(i.dia) >= 1 then regr_slope(i."nrBat", i.dia) end as tendencia -- minutes foretell nothing
  from (
    select p."nrBat", (p."dtRegistro" at time zone 'UTC' at time zone 'America/Sao_Paulo')::date as data,
           (extract(epoch from p."dtRegistro") / 86400)::double precision as dia,
           (extract(epoch from p."dtRegistro" - lag(p."dtRegistro") over w) - (86400 - j.segundos)
              * (floor((extract(epoch from p."dtRegistro") - j.inicio) / 86400)
                 - floor((extract(epoch from lag(p."dtRegistro") over w) - j.inicio) / 86400)))::double precision as silencio
    from public."TbPosicao" p
    where p."cdDispositivo" = d."cdDispositivo"
      and p."dtRegistro" >= j.primeiro::timestamp at time zone 'America/Sao_Paulo' at time zone 'UTC'
      and p."dtRegistro" < (j.primeiro + 9)::timestamp at time zone 'America/Sao_Paulo' at time zone 'UTC' -- no partitions ahead
      and private.in_measuring_window(p."dtRegistro"::time, d."horarioMedicaoInicio", d."horarioMedicaoFim")
    window w as (order by p."dtRegistro", p."nrSeq")
  ) i
) r
cross join lateral (
  select count(*) filter (where s > 3 * r.cadencia) as lacunas, max(s) as maior from unnest(r.silencios) s
) g
cross join lateral (
  select jsonb_object_agg(t.dia, case when r.cadencia > 0 then least(1, round((t.qtd * r.cadencia / j.segundos)::numeric, 3)) end) as completude
  from (
    select j.primeiro + n as dia, count(x.data) as qtd
    from generate_series(0, 6) n
    left join unnest(r.datas) as x(data) on x.data = j.primeiro + n
    group by 1
  ) t
) c;
revoke all on public."VwSaudeFrota" from public, anon, authenticated;
grant select on public."VwSaudeFrota" to authenticated, service_role;
comment on view public."VwSaudeFrota" is 'How each device gets on: when it was last heard of, how regularly it reports, its clock and its battery.';
comment on column public."VwSaudeFrota"."nrSegundosSemRegistro" is 'Seconds since the time of its latest report.';
comment on column public."VwSaudeFrota"."nrDesvioRelogio" is 'Seconds by which the time of its latest report lay ahead of (+) or behind (-) its receipt.';
comment on column public."VwSaudeFrota"."nrCadencia" is 'Seconds usually between two reports: the median of the last seven days.';
comment on column public."VwSaudeFrota"."nrLacunas" is 'How often in the last seven days it was silent for more than three times as long.';
comment on column public."VwSaudeFrota"."nrMaiorLacuna" is 'Longest silence between two reports in the last seven days, in seconds.';
comment on column public."VwSaudeFrota"."nrTendenciaBateria" is 'Volts a day that the battery gains (+) or loses (-): a line through the last seven days; null for less than one.';
comment on column public."VwSaudeFrota"."jsCompletude" is 'Of each of the last seven full days (São Paulo): reports received of those expected at the usual cadence, 0 to 1.';
-- end

-- from sql/50_history/triggers
create trigger "TbDispositivo_historico" before delete on public."TbDispositivo"
  for each row execute function private.refuse_if_history();
comment on trigger "TbDispositivo_historico" on public."TbDispositivo" is 'Devices with history are retired, not deleted.';
create trigger "TbDispositivo_travar" before delete on public."TbDispositivo"
  for each statement execute function private.lock_before_delete();
comment on trigger "TbDispositivo_travar" on public."TbDispositivo" is 'No ingest in flight while devices are deleted.';
create trigger "TbEndereco_historico" before delete on public."TbEndereco"
  for each row execute function private.refuse_if_history();
comment on trigger "TbEndereco_historico" on public."TbEndereco" is 'Addresses that reports were found at are kept.';
create trigger "TbSensor_historico" before delete on public."TbSensor"
  for each row execute function private.refuse_if_history();
comment on trigger "TbSensor_historico" on public."TbSensor" is 'Sensors with history are kept.';
create trigger "TbSensor_travar" before delete on public."TbSensor"
  for each statement execute function private.lock_before_delete();
comment on trigger "TbSensor_travar" on public."TbSensor" is 'No ingest in flight while sensors are deleted.';
-- end
