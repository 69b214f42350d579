-- How long readings and rollups are kept, for everybody and by client.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/65_retention/tables
create table public."TbGuardaLegal" (
  "cdGuardaLegal" integer generated always as identity primary key,
  "cdCliente" integer not null,
  "cdDispositivo" integer,
  "dsMotivo" text not null
    constraint "TbGuardaLegal_dsMotivo_max_4000" check (char_length("dsMotivo") <= 4000),
  "dsChamador" text,
  "dtRegistro" timestamptz not null default now(),
  unique nulls not distinct ("cdCliente", "cdDispositivo")
);
create index "TbGuardaLegal_cdDispositivo_idx" on public."TbGuardaLegal" ("cdDispositivo");
alter table public."TbGuardaLegal" enable row level security;
revoke all on public."TbGuardaLegal" from public, anon, authenticated;
grant select on public."TbGuardaLegal" to authenticated, service_role;
comment on table public."TbGuardaLegal" is
  'Legal holds: nothing of the client, or of what it received from the device, expires or is deleted.';
comment on constraint "TbGuardaLegal_dsMotivo_max_4000" on public."TbGuardaLegal" is
  'dsMotivo has at most 4000 characters';
comment on column public."TbGuardaLegal"."cdCliente" is 'Whose history is held.';
comment on column public."TbGuardaLegal"."cdDispositivo" is
  'Device, also one that the client no longer owns; null: everything of the client.';
comment on column public."TbGuardaLegal"."dsMotivo" is 'Why, for example the reference of a lawsuit.';
comment on column public."TbGuardaLegal"."dsChamador" is 'Who set it.';
create table public."TbPoliticaRetencao" (
  "cdPoliticaRetencao" integer generated always as identity primary key,
  "cdCliente" integer,
  "nrDiasBruto" integer check ("nrDiasBruto" > 1),
  "nrDias1m" integer default 365 check ("nrDias1m" > 1),
  "nrDias5m" integer default 730 check ("nrDias5m" > 1),
  "nrDias1h" integer default 1825 check ("nrDias1h" > 1),
  unique nulls not distinct ("cdCliente"),
  -- a coarser rollup is kept at least as long as a finer one; null: for ever
  check (coalesce("nrDias1m" <= "nrDias5m", "nrDias5m" is null)),
  check (coalesce("nrDias5m" <= "nrDias1h", "nrDias1h" is null)),
  check ("nrDiasBruto" <= "nrDias1h")
);
alter table public."TbPoliticaRetencao" enable row level security;
revoke all on public."TbPoliticaRetencao" from public, anon, authenticated;
grant select on public."TbPoliticaRetencao" to authenticated;
grant select, delete on public."TbPoliticaRetencao" to service_role;
grant insert ("cdCliente", "nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")
  on public."TbPoliticaRetencao" to service_role;
grant update ("nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")
  on public."TbPoliticaRetencao" to service_role;
comment on table public."TbPoliticaRetencao" is
  'How long values, positions and rollups are kept: one row for everybody, and one for each client with a '
  'policy of its own.';
comment on column public."TbPoliticaRetencao"."cdCliente" is
  'Client of the policy; null: every client without a row of its own.';
comment on column public."TbPoliticaRetencao"."nrDiasBruto" is
  'Days that positions and values are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1m" is
  'Days that rollups by the minute are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias5m" is
  'Days that rollups by five minutes are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1h" is
  'Days that rollups by the hour are kept, at least as long as values are; null: for ever.';
-- What has expired so far, so that responses can say that they are not complete, and no late reading is
-- stored for a time whose values are deleted. A device that is or was under a legal hold has a row of its
-- own, at most as late as that of its client, until it has caught up (private.expire_rollups).
create table private."TbRetencaoPiso" (
  "cdCliente" integer not null,
  "cdDispositivo" integer not null default 0,
  "dtBruto" timestamp not null default '-infinity',
  "dtAnunciado" timestamp not null default '-infinity',
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz not null default now(),
  "dt1m" timestamp not null default '-infinity',
  "dt5m" timestamp not null default '-infinity',
  "dt1h" timestamp not null default '-infinity',
  primary key ("cdCliente", "cdDispositivo"),
  check ("dt1h" <= "dtBruto" and "dtBruto" <= "dtAnunciado")
);
alter table private."TbRetencaoPiso" enable row level security;
comment on table private."TbRetencaoPiso" is
  'Before which time positions, values and rollups of a client are deleted.';
comment on column private."TbRetencaoPiso"."cdDispositivo" is
  '0: the devices of the client that have no row of their own.';
comment on column private."TbRetencaoPiso"."dtBruto" is 'UTC; positions and values before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnunciado" is
  'UTC; positions and values before it are rejected.';
comment on column private."TbRetencaoPiso"."xiAnuncio" is
  'First transaction number given out after the announcement was visible; null until then.';
comment on column private."TbRetencaoPiso"."dt1h" is
  'UTC; all rollups before it are deleted.';
comment on column private."TbRetencaoPiso"."dt1m" is 'UTC; rollups by the minute before it are deleted.';
comment on column private."TbRetencaoPiso"."dt5m" is 'UTC; rollups by five minutes before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnuncio" is 'When dtAnunciado was announced.';
-- end

-- from sql/65_retention/foreign_keys
-- No cascade: what is held cannot be deleted.
alter table public."TbGuardaLegal" add foreign key ("cdCliente") references public."TbCliente",
  add foreign key ("cdDispositivo") references public."TbDispositivo";
alter table public."TbPoliticaRetencao" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
-- end

-- from sql/65_retention/rows
insert into public."TbPoliticaRetencao" ("cdCliente") values (null);
-- end

-- from sql/65_retention/functions
-- Announces what expires next, or notes from which transaction on every writer knows of it. Part of
-- private.expire_raw.
-- p_watermark   only what is summed up can expire
-- Returns whether it did something.
create function private.announce_expiry(p_watermark timestamp) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbRetencaoPiso" as f ("cdCliente", "cdDispositivo", "dtAnunciado")
  select p."cdCliente", p."cdDispositivo", p.raw from private.retention_deadlines() p
  where p.raw < p_watermark
  on conflict ("cdCliente", "cdDispositivo") do update
    set "dtAnunciado" = excluded."dtAnunciado", "xiAnuncio" = null, "dtAnuncio" = now()
    where f."dtAnunciado" < excluded."dtAnunciado" and f."dtBruto" = f."dtAnunciado";
  if found then
    return true;
  end if;
  update private."TbRetencaoPiso" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot())
  where "dtBruto" < "dtAnunciado" and "xiAnuncio" is null and "dtAnuncio" <> now();
  return found;
end
$$;
comment on function private.announce_expiry is 'Announces up to when data of clients expires next.';
revoke all on function private.announce_expiry from public;
-- Makes the finer rollups that hours do not have yet (nrFino), before their values are deleted: retention
-- never changes the result of a rollup. Part of private.delete_raw_day.
create function private.complete_rollups(p_client integer, p_sensors integer[], p_since timestamp,
  p_until timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into series."TbSensorRegistro1m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_trunc('minute', r."dtRegistro"), sum(private.summable(r."nrValor")),
         min(r."nrValor"), max(r."nrValor"), count(*), h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from series."TbSensorRegistro1h" h
  join series."TbSensorRegistro" r on r."cdSensor" = h."cdSensor" and r."dtRegistro" >= h."dtBucket"
    and r."dtRegistro" < h."dtBucket" + interval '1 hour' and r."cdCliente" = h."cdCliente"
    and r."cdProdutoItem" is not distinct from h."cdProdutoItem" and r."nrValor" is not null
    and r."nrQualidade" < 2
  where h."cdSensor" = any (p_sensors) and h."cdCliente" = p_client
    and h."dtBucket" >= p_since and h."dtBucket" < p_until
    and h."nrFino" > 1
  group by 1, 6, 7, 8;

  insert into series."TbSensorRegistro5m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_bin('5 minutes', b."dtBucket", timestamp '2000-01-01'), sum(b."nrSoma"),
         min(b."nrMin"), max(b."nrMax"), sum(b."nrQtd"), h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from series."TbSensorRegistro1h" h
  join series."TbSensorRegistro1m" b on b."cdSensor" = h."cdSensor" and b."dtBucket" >= h."dtBucket"
    and b."dtBucket" < h."dtBucket" + interval '1 hour' and b."cdCliente" = h."cdCliente"
    and b."cdProdutoItem" is not distinct from h."cdProdutoItem"
  where h."cdSensor" = any (p_sensors) and h."cdCliente" = p_client
    and h."dtBucket" >= p_since and h."dtBucket" < p_until
    and h."nrFino" = 60
  group by 1, 6, 7, 8;

  update series."TbSensorRegistro1h" h set "nrFino" = 1
  where h."cdSensor" = any (p_sensors) and h."cdCliente" = p_client
    and h."dtBucket" >= p_since and h."dtBucket" < p_until
    and h."nrFino" > 1;
end
$$;
comment on function private.complete_rollups is
  'Makes the finer rollups that hours of a client do not have yet.';
revoke all on function private.complete_rollups from public;
-- Deletes one day of positions and values of a client, or of a device with a floor of its own, after
-- completing its rollups. By now nobody may write to that day any more (private.expire_raw). Returns how
-- many rows.
create function private.delete_raw_day(p_client integer, p_device integer, p_since timestamp,
  p_until timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_devices integer[] := private.expiring_devices(p_client, p_device);
  v_sensors integer[] := private.expiring_sensors(p_client, p_device, p_raw => p_until);
  v_values integer;
  v_positions integer;
begin
  perform private.complete_rollups(p_client, v_sensors, p_since, p_until);
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- expired rows make no hour dirty
  delete from series."TbSensorRegistro" r
  where r."cdSensor" = any (v_sensors) and r."cdCliente" = p_client
    and r."dtRegistro" >= p_since and r."dtRegistro" < p_until;
  get diagnostics v_values = row_count;
  delete from series."TbPosicao" p
  where p."cdDispositivo" = any (v_devices) and p."dtRegistro" >= p_since and p."dtRegistro" < p_until
    and p."cdCliente" = p_client;
  get diagnostics v_positions = row_count;
  perform set_config('rastro.dirty_marking', '', true);
  delete from series."TbContagemDiaria" c
  where c."cdDispositivo" = any (v_devices) and c."cdCliente" = p_client
    and c."dtDia" >= p_since and c."dtDia" < p_until;
  return v_values + v_positions;
end
$$;
comment on function private.delete_raw_day is
  'Deletes a day of positions and values of a client; returns how many.';
revoke all on function private.delete_raw_day from public;
-- Maintenance step: deletes expired positions and values, a day of one client, or device with a floor of its
-- own, per call. As with the
-- watermark, the new floor is announced first, then noted from which transaction on every writer knows of it,
-- and data is deleted once all older transactions have ended: no late row can be stored for a time that is
-- already deleted. See private.advance_watermark.
-- Returns how much it did; 0 when nothing has expired.
create function private.expire_raw() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_floor private."TbRetencaoPiso";
  v_since timestamp;
  v_until timestamp;
  v_done integer := 0;
begin
  select m.* into v_state from private."TbRollupMarca" m for update; -- no rollup changes meanwhile
  if private.announce_expiry(v_state."dtMarca") then
    return 1;
  end if;

  select f.* into v_floor
  from private."TbRetencaoPiso" f join private.retention_deadlines() p using ("cdCliente", "cdDispositivo")
  where f."dtBruto" < f."dtAnunciado" and f."xiAnuncio" is not null
  order by f."dtBruto", f."cdCliente", f."cdDispositivo" limit 1;
  if v_floor."cdCliente" is null or not private.announcement_is_known(v_floor."xiAnuncio")
     -- everything must be summed up before
     or exists (select from private."TbRollupPendente" p
                where p."dtHora" < v_floor."dtAnunciado" and isfinite(p."dtHora"))
     or private.series_start() < v_state."dtPiso" then
    return 0;
  end if;

  v_since := greatest(v_floor."dtBruto", private.series_start());
  v_until := least(greatest(v_since, v_floor."dtBruto") + interval '1 day', v_floor."dtAnunciado");
  if v_since < v_until then
    v_done := private.delete_raw_day(v_floor."cdCliente", v_floor."cdDispositivo", v_since, v_until);
  end if;
  update private."TbRetencaoPiso" f set "dtBruto" = v_until
  where f."cdCliente" = v_floor."cdCliente" and f."cdDispositivo" = v_floor."cdDispositivo";
  return v_done + 1;
end
$$;
comment on function private.expire_raw is 'Maintenance step: deletes expired positions and values.';
revoke all on function private.expire_raw from public;
-- Maintenance step: deletes expired rollups, those of one client, or of one device with a floor of its own,
-- per call, once a day for each. A floor that has caught up with that of its client after a hold is deleted.
-- Hours whose finer rollups were deleted say so in nrFino. Rollups by the hour expire only where the values
-- have expired too.
-- Returns how many rows it deleted, plus one; 0 when nothing has expired.
create function private.expire_rollups() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer;
  v_sensors integer[];
  v_until record;
  v_rows integer;
  v_hours timestamp[];
  v_total integer := 0;
begin
  perform from private."TbRollupMarca" for update; -- no rollup changes meanwhile
  insert into private."TbRetencaoPiso" ("cdCliente")
  select p."cdCliente" from private.retention_deadlines() p where p."cdDispositivo" = 0
  on conflict do nothing;
  delete from private."TbRetencaoPiso" f using private."TbRetencaoPiso" c
  where f."cdDispositivo" <> 0 and c."cdCliente" = f."cdCliente" and c."cdDispositivo" = 0
    and f."dtBruto" = f."dtAnunciado" and c."dtBruto" = c."dtAnunciado"
    and (f."dtBruto", f."dt1m", f."dt5m", f."dt1h") = (c."dtBruto", c."dt1m", c."dt5m", c."dt1h")
    and not private.is_held(f."cdCliente", f."cdDispositivo");
  select f."cdCliente", f."cdDispositivo",
         greatest(p.one_minute, f.dt1m) as one_minute,
         greatest(p.five_minutes, f.dt5m) as five_minutes,
         greatest(least(coalesce(p.one_hour, '-infinity'), f."dtBruto"), f.dt1h) as one_hour -- null: for ever
  into v_until
  from private."TbRetencaoPiso" f join private.retention_deadlines() p using ("cdCliente", "cdDispositivo")
  where f.dt1m < p.one_minute or f.dt5m < p.five_minutes
     or f.dt1h < least(coalesce(p.one_hour, '-infinity'), f."dtBruto")
  order by f."cdCliente", f."cdDispositivo" limit 1;
  v_client := v_until."cdCliente";
  if v_client is null then
    return 0;
  end if;
  v_sensors := private.expiring_sensors(v_client, v_until."cdDispositivo", null, v_until.one_minute,
    v_until.five_minutes, v_until.one_hour);
  delete from series."TbSensorRegistro1m" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.one_minute;
  get diagnostics v_total = row_count;
  delete from series."TbSensorRegistro5m" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.five_minutes;
  get diagnostics v_rows = row_count;
  v_total := v_total + v_rows;
  delete from series."TbSensorRegistro1h" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.one_hour;
  get diagnostics v_rows = row_count;
  v_total := v_total + v_rows;
  delete from series."TbSensorRegistro1d" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.one_hour;
  with coarser as (
    update series."TbSensorRegistro1h" b
    set "nrFino" = case when b."dtBucket" < v_until.five_minutes then 60 else 5 end
    where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors)
      and b."dtBucket" < v_until.one_minute
      and b."nrFino" < case when b."dtBucket" < v_until.five_minutes then 60 else 5 end
    returning b."dtBucket"
  )
  select array_agg(distinct c."dtBucket") into v_hours from coarser c;
  perform private.extend_calendar(v_hours);
  update private."TbRetencaoPiso" f
  set dt1m = v_until.one_minute, dt5m = v_until.five_minutes, dt1h = v_until.one_hour
  where f."cdCliente" = v_client and f."cdDispositivo" = v_until."cdDispositivo";
  return v_total + 1;
end
$$;
comment on function private.expire_rollups is
  'Maintenance step: deletes expired rollups.';
revoke all on function private.expire_rollups from public;
-- Which devices a floor of TbRetencaoPiso is for: one device with a floor of its own, or (0) all that sent
-- something to the client and have none.
create function private.expiring_devices(p_client integer, p_device integer) returns integer[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select distinct v."cdDispositivo" from public."TbDispositivoVinculo" v
    where v."cdCliente" = p_client
      and case when p_device <> 0 then v."cdDispositivo" = p_device
               else not exists (
                 select from private."TbRetencaoPiso" f
                 where f."cdCliente" = p_client and f."cdDispositivo" = v."cdDispositivo") end)
$$;
comment on function private.expiring_devices is 'The devices that a floor of a client is for.';
revoke all on function private.expiring_devices from public;
-- The sensors of private.expiring_devices whose values, or rollups, may be deleted before the times given. A
-- sensor that was at several devices has the lowest of their floors, as its rollups do not say which of them
-- they are from.
create function private.expiring_sensors(p_client integer, p_device integer, p_raw timestamp default null,
  p_one_minute timestamp default null, p_five_minutes timestamp default null,
  p_one_hour timestamp default null) returns integer[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s
    where s."cdDispositivo" = any (private.expiring_devices(p_client, p_device))
      and not exists (
        select from private."TbRetencaoPiso" f
        join public."TbSensorVinculo" o on o."cdDispositivo" = f."cdDispositivo"
        where f."cdCliente" = p_client and f."cdDispositivo" not in (0, p_device)
          and o."cdSensor" = s."cdSensor"
          and (f."dtBruto" < p_raw or f."dt1m" < p_one_minute or f."dt5m" < p_five_minutes
               or f."dt1h" < p_one_hour)))
$$;
comment on function private.expiring_sensors is
  'The sensors of a client whose values or rollups may be deleted before the times given.';
revoke all on function private.expiring_sensors from public;
-- True when some of the requested range has expired: in an hour of a visible client that has no values any
-- more, and no rollup this fine.
-- p_minutes   1, 5 or 60; null: values
-- Security definer: no API role may read TbRetencaoPiso; only visible clients are looked at.
-- Who may call it: every API role.
create function private.has_expired(p_minutes integer, p_sensor integer, p_since timestamp, p_until timestamp)
returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[];
  v_width interval := make_interval(mins => p_minutes);
begin
  if not exists (select from private."TbRetencaoPiso" f
                 where f."dtBruto" > p_since or f."dt1h" > p_since) then
    return false;
  end if;
  v_visible_clients := private.visible_clients();
  return exists (
    select from ( -- of a client the lowest floor counts, see private.expiring_sensors
      select o."cdCliente", min(o."dtBruto") as "dtBruto", min(o."dt1h") as "dt1h"
      from private."TbRetencaoPiso" o
      where o."cdDispositivo" = 0 or o."cdDispositivo" in (
        select s."cdDispositivo" from public."TbSensorVinculo" s where s."cdSensor" = p_sensor)
      group by o."cdCliente"
    ) f
    where f."cdCliente" = any (v_visible_clients)
      and f."cdCliente" in (
        select d."cdCliente" from public."TbSensorVinculo" s
        join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
        where s."cdSensor" = p_sensor)
      and (f."dt1h" > p_since or exists (
        select from series."TbSensorRegistro1h" b
        where b."cdSensor" = p_sensor and b."cdCliente" = f."cdCliente"
          and b."dtBucket" > p_since - interval '1 hour' and b."dtBucket" < least(p_until, f."dtBruto")
          and (b."nrFino" > p_minutes or p_minutes is null
            -- the requested part of a bucket would have to come from the values
            or date_trunc('hour', p_since) = b."dtBucket"
               and p_since <> date_bin(v_width, p_since, timestamp '2000-01-01')
            or date_trunc('hour', p_until) = b."dtBucket"
               and p_until <> date_bin(v_width, p_until, timestamp '2000-01-01')))));
end
$$;
comment on function private.has_expired is
  'Whether some of the data of a sensor has expired, at a resolution in minutes (null: values).';
revoke all on function private.has_expired from public;
grant execute on function private.has_expired to authenticated, service_role;
-- A hold stops expiry where it is: a held device gets a floor of its own (TbRetencaoPiso), which stays while
-- that of the client moves on. What was announced and is not deleted yet is kept, and accepted again.
-- Maintenance does not expire anything meanwhile, as it locks TbRollupMarca too. Trigger function.
-- Security definer: nobody has rights on TbRetencaoPiso.
create function private.hold_floors() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from private."TbRollupMarca" for update;
  if new."cdDispositivo" is not null then
    insert into private."TbRetencaoPiso" (
      "cdCliente", "cdDispositivo", "dtBruto", "dtAnunciado", "dt1m", "dt5m", "dt1h")
    select new."cdCliente", new."cdDispositivo", coalesce(f."dtBruto", '-infinity'),
           coalesce(f."dtBruto", '-infinity'), coalesce(f."dt1m", '-infinity'),
           coalesce(f."dt5m", '-infinity'), coalesce(f."dt1h", '-infinity')
    from (select) always
    left join private."TbRetencaoPiso" f on f."cdCliente" = new."cdCliente" and f."cdDispositivo" = 0
    on conflict do nothing; -- it was held before, and the rest has not caught up yet
  end if;
  update private."TbRetencaoPiso" f set "dtAnunciado" = f."dtBruto", "xiAnuncio" = null
  where f."cdCliente" = new."cdCliente" and f."dtBruto" < f."dtAnunciado"
    and (new."cdDispositivo" is null or f."cdDispositivo" = new."cdDispositivo");
  return null;
end
$$;
comment on function private.hold_floors is 'Stops the expiry of what a legal hold covers where it is now.';
revoke all on function private.hold_floors from public;
-- Whether a legal hold covers what a client received from a device (null: from none that is known).
create function private.is_held(p_client integer, p_device integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbGuardaLegal" g
    where g."cdCliente" = p_client and (g."cdDispositivo" is null or g."cdDispositivo" = p_device))
$$;
comment on function private.is_held is 'Whether a legal hold covers what a client received from a device.';
revoke all on function private.is_held from public;
-- Dry run of retention: how many rows of each client and table the policies would delete now. Run it as the
-- owner before a policy is changed.
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
      ('TbSensorRegistro1h', 'dtBucket',
       case when num_nonnulls(p.one_hour, p.raw) = 2 then least(p.one_hour, p.raw) end),
      ('TbSensorRegistro1d', 'dtBucket',
       case when num_nonnulls(p.one_hour, p.raw) = 2 then least(p.one_hour, p.raw) end)
    ) as t(table_name, column_name, until)
    where t.until is not null
  loop
    "cdCliente" := v_deadline."cdCliente";
    "dsTabela" := v_deadline.table_name;
    "dtAte" := v_deadline.until;
    execute format('select count(*) from series.%I where "cdCliente" = $1 and %I < $2',
                   v_deadline.table_name, v_deadline.column_name)
      into "nrLinhas" using v_deadline."cdCliente", v_deadline.until;
    return next;
  end loop;
end
$$;
comment on function private.preview_retention is
  'Dry run of retention: how many rows of each client its policy would delete now.';
revoke all on function private.preview_retention from public;
-- Where values of a sensor have expired, rollups are all there is, dirty or not; -infinity where nothing has.
-- Security definer: no API role may read TbRetencaoPiso. Who may call it: every API role, as the views run as
-- their caller.
create function private.raw_expired_before(p_client integer, p_sensor integer) returns timestamp
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(min(f."dtBruto"), '-infinity')
  from private."TbRetencaoPiso" f
  where f."cdCliente" = p_client
    and (f."cdDispositivo" = 0 or f."cdDispositivo" in (
      select s."cdDispositivo" from public."TbSensorVinculo" s where s."cdSensor" = p_sensor))
$$;
comment on function private.raw_expired_before is
  'Before this time the values that a client received of a sensor are deleted.';
revoke all on function private.raw_expired_before from public;
grant execute on function private.raw_expired_before to authenticated, service_role;
-- Imported readings that the retention of their client deletes, now or at the next maintenance, are rejected:
-- otherwise they would be acknowledged and then disappear. Readings of devices need no such check, as what is
-- already announced for deletion is rejected by private.read_elements.
-- Called by private.ingest and private.rehearse_import.
create function private.reject_expired(p_elements private.element[]) returns private.element[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := p_elements;
  v_expired record;
begin
  for v_expired in
    select e.ordinality as place, d.raw
    from unnest(p_elements) with ordinality e
    join private.retention_deadlines() d on d."cdCliente" = e."cdCliente" and d."cdDispositivo" = 0
    where e.verdict = 'stored' and e."dtRegistro" < d.raw
      and not private.is_held(e."cdCliente", e."cdDispositivo")
  loop
    v_elements[v_expired.place].verdict := 'rejected';
    v_elements[v_expired.place]."dsErro" := 'TIMESTAMP_OUT_OF_RANGE';
    v_elements[v_expired.place]."dsTexto" := format(
      'dtRegistro %s: the retention of the client deletes readings before %s UTC (nrDiasBruto of '
      'TbPoliticaRetencao)', v_elements[v_expired.place]."dtRegistro", v_expired.raw::date);
  end loop;
  return v_elements;
end
$$;
comment on function private.reject_expired is 'Rejects imported readings that retention would delete.';
revoke all on function private.reject_expired from public;
-- The policy of a client is its own row of TbPoliticaRetencao, otherwise the row for everybody. A device
-- with a floor of its own (TbRetencaoPiso) has a row of its own; 0: the others. What is under a legal hold
-- has none.
-- Whole days; null: kept for ever. Hours of rollups expire only where the values have expired as well, as
-- values are found by them. See private.expire_raw and private.expire_rollups.
create function private.retention_deadlines()
returns table (
  "cdCliente" integer, "cdDispositivo" integer, raw timestamp, one_minute timestamp, five_minutes timestamp,
  one_hour timestamp)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c."cdCliente", e.device, d.today - make_interval(days => p."nrDiasBruto"),
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
-- end

-- from sql/65_retention/triggers
create trigger "TbGuardaLegal_piso" after insert on public."TbGuardaLegal"
  for each row execute function private.hold_floors();
comment on trigger "TbGuardaLegal_piso" on public."TbGuardaLegal" is
  'Stops the expiry of what is held where it is now.';
-- end

-- from sql/65_retention/policies
-- Admins see the holds of their clients.
create policy ler on public."TbGuardaLegal" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- The people of a client see its policy; the policy for everybody is visible to the service only.
create policy ler on public."TbPoliticaRetencao" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
-- end
