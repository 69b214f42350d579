-- How long readings and rollups are kept, for everybody and by client.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/65_retention/tables
create table public."TbPoliticaRetencao" (
  "cdPoliticaRetencao" integer generated always as identity primary key,
  "cdCliente" integer,
  "nrDiasBruto" integer check ("nrDiasBruto" > 1),
  "nrDias1m" integer default 365 check ("nrDias1m" > 1),
  "nrDias5m" integer default 730 check ("nrDias5m" > 1),
  "nrDias1h" integer default 1825 check ("nrDias1h" > 1),
  "blGuardaLegal" boolean not null default false,
  unique nulls not distinct ("cdCliente"),
  -- what is coarser lives as long as what it was made from; null is for ever
  check (coalesce("nrDias1m" <= "nrDias5m", "nrDias5m" is null)),
  check (coalesce("nrDias5m" <= "nrDias1h", "nrDias1h" is null)),
  check ("nrDiasBruto" <= "nrDias1h")
);
alter table public."TbPoliticaRetencao" enable row level security;
revoke all on public."TbPoliticaRetencao" from public, anon, authenticated;
grant select on public."TbPoliticaRetencao" to authenticated;
grant select, insert, update, delete on public."TbPoliticaRetencao" to service_role;
comment on table public."TbPoliticaRetencao" is
  'How long readings and rollups are kept: one row for everybody, and one for each client that wants it '
  'otherwise.';
comment on column public."TbPoliticaRetencao"."cdCliente" is
  'Client the row is for; null: everybody without a row of its own.';
comment on column public."TbPoliticaRetencao"."nrDiasBruto" is
  'Days that positions and readings are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1m" is
  'Days that rollups by the minute are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias5m" is
  'Days that rollups by five minutes are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1h" is
  'Days that rollups by the hour are kept, where readings are not kept for longer; null: for ever.';
comment on column public."TbPoliticaRetencao"."blGuardaLegal" is
  'Legal hold: nothing of the client expires while it is set.';
-- What has expired so far, so that answers can say that they are not complete, and no late reading is taken
-- for a time whose readings are gone.
create table private."TbRetencaoPiso" (
  "cdCliente" integer primary key,
  "dtBruto" timestamp not null default '-infinity',
  "dtAnunciado" timestamp not null default '-infinity',
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz not null default now(),
  "dt1m" timestamp not null default '-infinity',
  "dt5m" timestamp not null default '-infinity',
  "dt1h" timestamp not null default '-infinity',
  check ("dt1h" <= "dtBruto" and "dtBruto" <= "dtAnunciado")
);
alter table private."TbRetencaoPiso" enable row level security;
comment on table private."TbRetencaoPiso" is
  'Before which time positions, readings and rollups of a client are gone.';
comment on column private."TbRetencaoPiso"."dtBruto" is 'UTC; positions and readings before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnunciado" is
  'UTC; positions and readings before it are not taken any more.';
comment on column private."TbRetencaoPiso"."xiAnuncio" is
  'First transaction that is sure to know of the announcement; null until that is known.';
comment on column private."TbRetencaoPiso"."dt1h" is
  'UTC; rollups before it are deleted, those by the hour too.';
comment on column private."TbRetencaoPiso"."dt1m" is 'UTC; rollups by the minute before it are deleted.';
comment on column private."TbRetencaoPiso"."dt5m" is 'UTC; rollups by five minutes before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnuncio" is 'When dtAnunciado was announced.';
-- end

-- from sql/65_retention/foreign_keys
alter table public."TbPoliticaRetencao" add foreign key ("cdCliente") references public."TbCliente" on delete cascade;
-- end

-- from sql/65_retention/rows
insert into public."TbPoliticaRetencao" ("cdCliente") values (null);
-- end

-- from sql/65_retention/functions
-- Makes the finer rollups of these hours of a client, where there are none, so that its readings can go.
create function private.complete_rollups(p_client integer, p_sensors integer[], p_since timestamp,
  p_until timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorRegistro1m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_trunc('minute', r."dtRegistro"), sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor"), count(*),
         h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from public."TbSensorRegistro1h" h
  join public."TbSensorRegistro" r on r."cdSensor" = h."cdSensor" and r."dtRegistro" >= h."dtBucket"
    and r."dtRegistro" < h."dtBucket" + interval '1 hour' and r."cdCliente" = h."cdCliente"
    and r."cdProdutoItem" is not distinct from h."cdProdutoItem" and r."nrValor" is not null
  where h."cdSensor" = any (p_sensors) and h."dtBucket" >= p_since and h."dtBucket" < p_until and h."cdCliente" = p_client
    and h."nrFino" > 1
  group by 1, 6, 7, 8;

  insert into public."TbSensorRegistro5m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_bin('5 minutes', b."dtBucket", timestamp '2000-01-01'), sum(b."nrSoma"), min(b."nrMin"), max(b."nrMax"),
         sum(b."nrQtd"), h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from public."TbSensorRegistro1h" h
  join public."TbSensorRegistro1m" b on b."cdSensor" = h."cdSensor" and b."dtBucket" >= h."dtBucket"
    and b."dtBucket" < h."dtBucket" + interval '1 hour' and b."cdCliente" = h."cdCliente"
    and b."cdProdutoItem" is not distinct from h."cdProdutoItem"
  where h."cdSensor" = any (p_sensors) and h."dtBucket" >= p_since and h."dtBucket" < p_until and h."cdCliente" = p_client
    and h."nrFino" = 60
  group by 1, 6, 7, 8;

  update public."TbSensorRegistro1h" h set "nrFino" = 1
  where h."cdSensor" = any (p_sensors) and h."dtBucket" >= p_since and h."dtBucket" < p_until and h."cdCliente" = p_client
    and h."nrFino" > 1;
end
$$;
comment on function private.complete_rollups is
  'Makes the finer rollups that hours of a client do not have.';
revoke all on function private.complete_rollups from public;
-- A day of one client's positions and readings. Nobody may write that day any more when this is called.
create function private.delete_raw_day(p_client integer, p_since timestamp, p_until timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_devices integer[] := array(
    select distinct v."cdDispositivo" from public."TbDispositivoVinculo" v where v."cdCliente" = p_client);
  v_sensors integer[] := array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s where s."cdDispositivo" = any (v_devices));
  v_values integer;
  v_positions integer;
begin
  perform private.complete_rollups(p_client, v_sensors, p_since, p_until);
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- what expires is not late
  delete from public."TbSensorRegistro" r
  where r."cdSensor" = any (v_sensors) and r."dtRegistro" >= p_since and r."dtRegistro" < p_until and r."cdCliente" = p_client;
  get diagnostics v_values = row_count;
  delete from public."TbPosicao" p
  where p."cdDispositivo" = any (v_devices) and p."dtRegistro" >= p_since and p."dtRegistro" < p_until
    and p."cdCliente" = p_client;
  get diagnostics v_positions = row_count;
  perform set_config('rastro.dirty_marking', '', true);
  delete from public."TbContagemDiaria" c
  where c."cdDispositivo" = any (v_devices) and c."dtDia" >= p_since and c."dtDia" < p_until and c."cdCliente" = p_client;
  return v_values + v_positions;
end
$$;
comment on function private.delete_raw_day is
  'Deletes positions and readings of a client; returns how many.';
revoke all on function private.delete_raw_day from public;
-- One piece of what one client's policy asks for. As with the watermark: announce, wait for whoever may not
-- know, do it.
create function private.expire_raw() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_watermark private."TbRollupMarca";
  v_floor private."TbRetencaoPiso";
  v_since timestamp;
  v_until timestamp;
  v_done integer := 0;
begin
  select m.* into v_watermark from private."TbRollupMarca" m for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" as f ("cdCliente", "dtAnunciado")
  select p."cdCliente", p.raw from private.retention_deadlines() p
  where p.raw < v_watermark."dtMarca"
  on conflict ("cdCliente") do update set "dtAnunciado" = excluded."dtAnunciado", "xiAnuncio" = null, "dtAnuncio" = now()
    where f."dtAnunciado" < excluded."dtAnunciado" and f."dtBruto" = f."dtAnunciado";
  if found then
    return 1;
  end if;
  update private."TbRetencaoPiso" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot())
  where "dtBruto" < "dtAnunciado" and "xiAnuncio" is null and "dtAnuncio" <> now();
  if found then
    return 1;
  end if;

  select f.* into v_floor from private."TbRetencaoPiso" f join private.retention_deadlines() p on p."cdCliente" = f."cdCliente"
  where f."dtBruto" < f."dtAnunciado" and f."xiAnuncio" is not null order by f."dtBruto", f."cdCliente" limit 1;
  if v_floor."cdCliente" is null or not private.announcement_is_known(v_floor."xiAnuncio")
     -- all of it must be summed up
     or exists (select from private."TbRollupPendente" p where p."dtHora" < v_floor."dtAnunciado" and isfinite(p."dtHora"))
     or private.series_start() < v_watermark."dtPiso" then
    return 0;
  end if;
  v_since := greatest(v_floor."dtBruto", private.series_start());
  v_until := least(greatest(v_since, v_floor."dtBruto") + interval '1 day', v_floor."dtAnunciado");
  if v_since < v_until then
    v_done := private.delete_raw_day(v_floor."cdCliente", v_since, v_until);
  end if;
  update private."TbRetencaoPiso" f set "dtBruto" = v_until where f."cdCliente" = v_floor."cdCliente";
  return v_done + 1;
end
$$;
comment on function private.expire_raw is
  'Lets positions and readings go whose time is over, a day of a client at a time.';
revoke all on function private.expire_raw from public;
-- Rollups, once a day for each client. An hour says what is left of it.
create function private.expire_rollups() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer;
  v_until record;
  v_rows integer;
  v_total integer := 0;
begin
  perform from private."TbRollupMarca" for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" ("cdCliente") select p."cdCliente" from private.retention_deadlines() p on conflict do nothing;
  select f."cdCliente", greatest(p.one_minute, f.dt1m) as one_minute, greatest(p.five_minutes, f.dt5m) as five_minutes,
         greatest(least(coalesce(p.one_hour, '-infinity'), f."dtBruto"), f.dt1h) as one_hour -- null is for ever
  into v_until
  from private."TbRetencaoPiso" f join private.retention_deadlines() p on p."cdCliente" = f."cdCliente"
  where f.dt1m < p.one_minute or f.dt5m < p.five_minutes or f.dt1h < least(coalesce(p.one_hour, '-infinity'), f."dtBruto")
  order by f."cdCliente" limit 1;
  v_client := v_until."cdCliente";
  if v_client is null then
    return 0;
  end if;
  delete from public."TbSensorRegistro1m" b where b."cdCliente" = v_client and b."dtBucket" < v_until.one_minute;
  get diagnostics v_total = row_count;
  delete from public."TbSensorRegistro5m" b where b."cdCliente" = v_client and b."dtBucket" < v_until.five_minutes;
  get diagnostics v_rows = row_count;
  v_total := v_total + v_rows;
  delete from public."TbSensorRegistro1h" b where b."cdCliente" = v_client and b."dtBucket" < v_until.one_hour;
  get diagnostics v_rows = row_count;
  v_total := v_total + v_rows;
  delete from public."TbSensorRegistro1d" b where b."cdCliente" = v_client and b."dtBucket" < v_until.one_hour;
  update public."TbSensorRegistro1h" b set "nrFino" = case when b."dtBucket" < v_until.five_minutes then 60 else 5 end
  where b."cdCliente" = v_client and b."dtBucket" < v_until.one_minute
    and b."nrFino" < case when b."dtBucket" < v_until.five_minutes then 60 else 5 end;
  update private."TbRetencaoPiso" f set dt1m = v_until.one_minute, dt5m = v_until.five_minutes, dt1h = v_until.one_hour where f."cdCliente" = v_client;
  return v_total + 1;
end
$$;
comment on function private.expire_rollups is
  'Lets rollups of a client go whose time is over; returns how many.';
revoke all on function private.expire_rollups from public;
-- Some of what was asked for has expired: in an hour of a visible client that has readings no more, and no
-- rollup this fine.
create function private.has_expired(p_minutes integer, p_sensor integer, p_since timestamp, p_until timestamp)
returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[];
  v_width interval := make_interval(mins => p_minutes);
begin
  if not exists (select from private."TbRetencaoPiso" f where f."dtBruto" > p_since or f."dt1h" > p_since) then
    return false;
  end if;
  v_visible_clients := private.visible_clients();
  return exists (
    select from private."TbRetencaoPiso" f
    where f."cdCliente" = any (v_visible_clients)
      and f."cdCliente" in (
        select d."cdCliente" from public."TbSensorVinculo" s
        join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
        where s."cdSensor" = p_sensor)
      and (f."dt1h" > p_since or exists (
        select from public."TbSensorRegistro1h" b
        where b."cdSensor" = p_sensor and b."cdCliente" = f."cdCliente"
          and b."dtBucket" > p_since - interval '1 hour' and b."dtBucket" < least(p_until, f."dtBruto")
          and (b."nrFino" > p_minutes or p_minutes is null
            -- the piece of a bucket that is asked for would have to come from the readings
            or date_trunc('hour', p_since) = b."dtBucket" and p_since <> date_bin(v_width, p_since, timestamp '2000-01-01')
            or date_trunc('hour', p_until) = b."dtBucket" and p_until <> date_bin(v_width, p_until, timestamp '2000-01-01')))));
end
$$;
comment on function private.has_expired is
  'Some of what this resolution (minutes; null: readings) would show has expired.';
revoke all on function private.has_expired from public;
grant execute on function private.has_expired to authenticated, service_role;
-- Dry run: what the policies would let go now.
create function private.preview_retention()
returns table ("cdCliente" integer, "dsTabela" text, "dtAte" timestamp, "nrLinhas" bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_deadline record;
begin
  for v_deadline in
    select p."cdCliente", t.table_name, t.column_name, t.until
    from private.retention_deadlines() p
    cross join lateral (values
      ('TbPosicao', 'dtRegistro', p.raw), ('TbSensorRegistro', 'dtRegistro', p.raw),
      ('TbSensorRegistro1m', 'dtBucket', p.one_minute), ('TbSensorRegistro5m', 'dtBucket', p.five_minutes),
      ('TbSensorRegistro1h', 'dtBucket', case when num_nonnulls(p.one_hour, p.raw) = 2 then least(p.one_hour, p.raw) end),
      ('TbSensorRegistro1d', 'dtBucket', case when num_nonnulls(p.one_hour, p.raw) = 2 then least(p.one_hour, p.raw) end)
    ) as t(table_name, column_name, until)
    where t.until is not null
  loop
    "cdCliente" := v_deadline."cdCliente";
    "dsTabela" := v_deadline.table_name;
    "dtAte" := v_deadline.until;
    execute format('select count(*) from public.%I where "cdCliente" = $1 and %I < $2', v_deadline.table_name, v_deadline.column_name)
      into "nrLinhas" using v_deadline."cdCliente", v_deadline.until;
    return next;
  end loop;
end
$$;
comment on function private.preview_retention is
  'Dry run of retention: which rows of which client its policy would let go now.';
revoke all on function private.preview_retention from public;
create function private.raw_expired_before(p_client integer) returns timestamp
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select f."dtBruto" from private."TbRetencaoPiso" f where f."cdCliente" = p_client), '-infinity')
$$;
comment on function private.raw_expired_before is 'Before which time the readings of a client are gone.';
revoke all on function private.raw_expired_before from public;
grant execute on function private.raw_expired_before to authenticated, service_role;
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
-- end

-- from sql/65_retention/policies
-- How long data is kept is seen by the people of a client; that for everybody by the service.
create policy ler on public."TbPoliticaRetencao" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
-- end
