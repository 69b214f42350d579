-- How long readings and rollups are kept, for everybody and by client.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/65_retention/tables
-- Written by scripts/archive, so that the receipt of a deletion can name the files that have
-- deleted rows still.
-- No foreign key: files outlive what they are about.
create table private."TbArquivo" (
  "dsArquivo" text primary key,
  "cdCliente" integer not null,
  "cdDispositivos" integer[],
  "dtEscrita" timestamptz not null default now()
);
alter table private."TbArquivo" enable row level security;
comment on table private."TbArquivo" is
  'Months of clients that scripts/archive has written, or found, in an archive.';
comment on column private."TbArquivo"."dsArquivo" is
  'Folder of the client''s month: path or URL of the archive, and the path in it.';
comment on column private."TbArquivo"."cdDispositivos" is
  'Devices that have rows in it; null: not known, because it is being written, or was there before.';
comment on column private."TbArquivo"."dtEscrita" is 'When it was written, or found.';
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
  "nrDiasBruto" integer check ("nrDiasBruto" between 2 and 36500),
  "nrDias1m" integer default 365 check ("nrDias1m" between 2 and 36500),
  "nrDias5m" integer default 730 check ("nrDias5m" between 2 and 36500),
  "nrDias1h" integer default 1825 check ("nrDias1h" between 2 and 36500),
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
-- No foreign keys: a receipt outlives what it is about.
create table public."TbReciboExclusao" (
  "cdExclusao" uuid primary key,
  "cdDispositivo" integer,
  "cdClientes" integer[] not null,
  "dsMotivo" text not null
    constraint "TbReciboExclusao_dsMotivo_max_4000" check (char_length("dsMotivo") <= 4000),
  "dsChamador" text not null,
  "dsRequisicao" text,
  "dtPedido" timestamptz not null default now(),
  "dtFim" timestamptz,
  "jsLinhas" jsonb not null default '{}',
  "cdSensoresPartilhados" integer[] not null default '{}',
  "xiExclusao" xid8,
  "dsArquivos" text[] not null default '{}',
  "dsPessoa" text check ("dsPessoa" ~ '^[0-9a-f]{64}$'),
  "cdUsuario" uuid,
  check (num_nonnulls("cdDispositivo", "dsPessoa") = 1)
);
alter table public."TbReciboExclusao" enable row level security;
revoke all on public."TbReciboExclusao" from public, anon, authenticated;
grant select on public."TbReciboExclusao" to authenticated, service_role;
comment on table public."TbReciboExclusao" is
  'Receipts of series and people that were deleted on request: who asked, when, why, and what was deleted.';
comment on constraint "TbReciboExclusao_dsMotivo_max_4000" on public."TbReciboExclusao" is
  'dsMotivo has at most 4000 characters';
comment on column public."TbReciboExclusao"."cdExclusao" is
  'Code of the request, chosen by the caller: the same request again has the same receipt.';
comment on column public."TbReciboExclusao"."cdClientes" is 
  'Clients that the device ever had, or the client of the person.';
comment on column public."TbReciboExclusao"."dsRequisicao" is 'Request id, as in the log of the API.';
comment on column public."TbReciboExclusao"."dtFim" is
  'When everything was deleted; null: maintenance is at it, or waits for the end of a legal hold.';
comment on column public."TbReciboExclusao"."cdDispositivo" is
  'Device whose series was deleted; null: the receipt is of a person.';
comment on column public."TbReciboExclusao"."xiExclusao" is
  'The latest transaction that deleted rows of the device: see get_exclusoes_desde.';
comment on column public."TbReciboExclusao"."dsArquivos" is
  'Months in archives of scripts/archive that have rows of the device still, or may have.';
comment on column public."TbReciboExclusao"."dsPessoa" is
  'SHA-256 of cdExclusao, a colon and the id of the person: who knows both can tell that it was this person.';
comment on column public."TbReciboExclusao"."cdUsuario" is
  'The person, until dtFim: what calls in flight still wrote about it is deleted by maintenance.';
comment on column public."TbReciboExclusao"."jsLinhas" is
  'By table: nrLinhas, the first and the last time, and nrSoma, the sum of the hashes of the rows; of a '
  'person nrLinhas, and dsOperacao: whether rows were deleted, or changed so that they do not name it.';
comment on column public."TbReciboExclusao"."cdSensoresPartilhados" is
  'Sensors that were at other devices too: their rollups of hours whose values have expired were kept.';
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
  perform private.unpack_rollups(array_agg(s), array_agg(d))
  from unnest(p_sensors) s cross join generate_series(p_since, p_until - interval '1 hour', '1 day') d;
  insert into series."TbSensorRegistro1m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_trunc('minute', r."dtRegistro"), sum(private.summable(r."nrValor")),
         min(r."nrValor"), max(r."nrValor"), count(*), h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from series."TbSensorRegistro1h" h
  join lateral private.values_between(h."cdSensor", h."dtBucket", h."dtBucket" + interval '1 hour') r
    on r."cdCliente" = h."cdCliente"
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
-- How many positions and values of a device there are, or p_limit of each if there are more.
create function private.count_raw_series(p_device integer, p_sensors integer[], p_limit integer)
returns bigint
language sql stable set search_path = pg_catalog, pg_temp as $$
  select (select count(*) from (
            select from private.positions_between(p_device, '-infinity', 'infinity') p limit p_limit) p)
    + (select count(*) from (
         select from unnest(p_sensors) s
         cross join lateral private.values_between(s, '-infinity', 'infinity') r
         where r."cdDispositivo" = p_device limit p_limit) r)
$$;
comment on function private.count_raw_series is
  'How many positions and values of a device there are, at most.';
revoke all on function private.count_raw_series from public;
-- How many rows of each kind there are of devices and sensors of a client on each day, from the counters and
-- the rollup by day: an hour has finer rollups if it has enough values for them (private.sum_hours).
-- Part of private.preview_retention. code: of the sensor, or of the device where positions is not 0.
create function private.counts_by_day(p_client integer, p_devices integer[], p_sensors integer[],
  p_until timestamp)
returns table (day timestamp, code integer, positions bigint, quantity bigint, days bigint, hours bigint,
               fives bigint, minutes bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_ratio integer := (select "nrRazaoRollup" from private."TbConfiguracao");
begin
  return query execute format($s$
    select d."dtBucket", d."cdSensor", 0::bigint, d."nrQtd"::bigint, 1::bigint, (%s)::bigint,
           12 * (%s)::bigint, 60 * (%s)::bigint
    from series."TbSensorRegistro1d" d
    where d."cdSensor" = any ($1) and d."cdCliente" = $2 and d."dtBucket" < $3
    $s$, private.for_each_hour('(d."nrQtd##" > 0)::integer', 0, 24, ' + '),
         private.for_each_hour('(d."nrQtd##" >= $4 * 12)::integer', 0, 24, ' + '),
         private.for_each_hour('(d."nrQtd##" >= $4 * 60)::integer', 0, 24, ' + '))
  using p_sensors, p_client, p_until, v_ratio;
  return query
  select c."dtDia"::timestamp, c."cdDispositivo", c."nrQtd"::bigint, 0::bigint, 0::bigint, 0::bigint,
         0::bigint, 0::bigint
  from series."TbContagemDiaria" c
  where c."cdDispositivo" = any (p_devices) and c."cdCliente" = p_client and c."dtDia" < p_until;
end
$$;
comment on function private.counts_by_day is
  'How many rows there are of devices and sensors of a client on each day, from counts.';
revoke all on function private.counts_by_day from public;
-- Deletes the account of a person, with its profile, its keys and their use, and removes it from what stays.
-- Triggers end what rests on it: made keys, keys whose text it was given, invitations it knew.
create function private.delete_person(p_receipt uuid, p_person uuid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform private.note_in_receipt(p_receipt, t.name, 'delete', t.quantity)
  from (
    select 'users', count(*) from auth.users a where a.id = p_person
    union all select 'profiles', count(*) from public.profiles p where p.id = p_person
    union all select 'TbApiKeys', count(*) from public."TbApiKeys" k where k."cdUsuario" = p_person
    union all
    select 'TbUsoApiKey', count(*) from public."TbUsoApiKey" u
    join public."TbApiKeys" k on k."cdApiKey" = u."cdApiKey" where k."cdUsuario" = p_person
  ) as t(name, quantity);
  perform private.forget_sign_ins(
    p_receipt, p_person, (select a.email from auth.users a where a.id = p_person));
  -- before the account: what its keys wait for is the profile, and triggers look at both
  delete from public.profiles p where p.id = p_person;
  delete from auth.users a where a.id = p_person;
  perform private.forget_person(p_receipt, p_person);
end
$$;
comment on function private.delete_person is 'Deletes a person, with a receipt.';
revoke all on function private.delete_person from public;
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
  with packed_values as ( -- whole chunks, with their last day
    delete from series."TbSensorRegistroFrio" c
    where c."cdSensor" = any (v_sensors) and c."cdCliente" = p_client and c."dtUltimo" < p_until
    returning c."nrQtd"
  ), packed_positions as (
    delete from series."TbPosicaoFria" c
    where c."cdDispositivo" = any (v_devices) and c."cdCliente" = p_client and c."dtUltimo" < p_until
    returning c."nrQtd"
  )
  select v_values + coalesce((select sum(v."nrQtd") from packed_values v), 0),
         v_positions + coalesce((select sum(p."nrQtd") from packed_positions p), 0)
  into v_values, v_positions;
  delete from series."TbContagemDiaria" c
  where c."cdDispositivo" = any (v_devices) and c."cdCliente" = p_client
    and c."dtDia" >= p_since and c."dtDia" < p_until;
  return v_values + v_positions;
end
$$;
comment on function private.delete_raw_day is
  'Deletes a day of positions and values of a client; returns how many.';
revoke all on function private.delete_raw_day from public;
-- Deletes positions and values of a device before a time, and adds them to a receipt. Hours of sensors that
-- were at other devices, too, become dirty; those of the others lose their rollups altogether at the end.
-- Packed rows are unpacked first. Returns how many rows.
create function private.delete_raw_series(p_receipt uuid, p_device integer, p_sensors integer[],
  p_until timestamp default 'infinity') returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_rows bigint;
begin
  perform private.unpack_values(p_sensors, p_until);
  perform private.unpack_positions(array[p_device], p_until);
  perform set_config('rastro.dirty_marking', case when private.shared_sensors(p_device) = '{}'
                                                  then 'in bulk' else '' end, true);
  v_rows := private.delete_with_receipt(p_receipt, 'series."TbSensorRegistro"', 'dtRegistro',
      't."cdSensor" = any ($2) and t."cdDispositivo" = $1 and t."dtRegistro" < $3', p_device, p_sensors,
      p_until)
    + private.delete_with_receipt(p_receipt, 'series."TbPosicao"', 'dtRegistro',
      't."cdDispositivo" = $1 and t."dtRegistro" < $3', p_device, p_sensors, p_until);
  perform set_config('rastro.dirty_marking', '', true);
  return v_rows;
end
$$;
comment on function private.delete_raw_series is
  'Deletes positions and values of a device before a time, with a receipt.';
revoke all on function private.delete_raw_series from public;
-- Maintenance step: deletes what was asked for (excluir_serie) and was too much at once, some days of one
-- device per call, the oldest first, until the rest can be deleted together. What is under a legal hold
-- waits.
-- Returns how much it did; 0 when nothing was asked for.
create function private.delete_requested_series() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_receipt public."TbReciboExclusao";
  v_sensors integer[];
  v_packed bigint[];
  v_day timestamp;
  v_rows bigint := 0;
begin
  perform from private."TbRollupMarca" for update; -- no hold and no rollup changes meanwhile
  select e.* into v_receipt from public."TbReciboExclusao" e
  where e."dtFim" is null and e."cdDispositivo" is not null
    and not private.is_series_held(e."cdDispositivo")
  order by e."dtPedido" limit 1 for update skip locked;
  if v_receipt."cdExclusao" is null then
    return 0;
  end if;
  v_sensors := array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s
    where s."cdDispositivo" = v_receipt."cdDispositivo");
  v_packed := array(
    select c."cdPacote" from series."TbRollupFrio" c
    where c."cdSensor" = any (v_sensors) and not c."blDanificado"
      and c."cdSensor" <> all (private.shared_sensors(v_receipt."cdDispositivo"))
    order by c."cdSensor", c."dtInicio" limit 40);
  if v_packed <> '{}' then
    perform private.mark_damaged('TbRollupFrio', v_packed);
    perform private.unpack_buckets(v_packed); -- they are deleted, and counted, with the others
    return cardinality(v_packed);
  end if;
  if private.finish_series_deletion(v_receipt."cdExclusao", v_receipt."cdDispositivo") then
    return 1;
  end if;
  while v_rows < 50000 loop
    v_day := private.first_day_of_series(v_receipt."cdDispositivo", v_sensors);
    exit when v_day is null;
    v_rows := v_rows + private.delete_raw_series(v_receipt."cdExclusao", v_receipt."cdDispositivo", v_sensors,
      v_day + interval '1 day');
  end loop;
  return v_rows;
end
$$;
comment on function private.delete_requested_series is
  'Maintenance step: deletes the series of devices that deletion was asked for.';
revoke all on function private.delete_requested_series from public;
-- Deletes rows of one table and adds them to a receipt. The sum of their hashes does not depend on the
-- order, so that it can be computed again from a copy of the rows.
-- p_time       the column of the first and last time
-- p_condition  SQL: of a row of t, device $1, sensors $2, until $3
-- Returns how many rows.
create function private.delete_with_receipt(p_receipt uuid, p_table text, p_time text, p_condition text,
  p_device integer, p_sensors integer[], p_until timestamp default 'infinity') returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_quantity bigint;
  v_first text;
  v_last text;
  v_total numeric;
begin
  execute format($s$
    with gone as (delete from %s t where %s returning t.*)
    select count(*) as quantity, min(to_jsonb(g.%I) #>> '{}') as first, max(to_jsonb(g.%I) #>> '{}') as last,
           coalesce(sum(('x' || left(md5(g::text), 16))::bit(64)::bigint::numeric), 0) as total
    from gone g
    $s$, p_table, p_condition, p_time, p_time)
  into v_quantity, v_first, v_last, v_total using p_device, p_sensors, p_until;
  update public."TbReciboExclusao" e
  set "xiExclusao" = pg_current_xact_id(),
      "jsLinhas" = e."jsLinhas" || jsonb_build_object(n.name, jsonb_build_object(
        'nrLinhas', coalesce((o.js ->> 'nrLinhas')::bigint, 0) + v_quantity,
        'dtPrimeira', least(o.js ->> 'dtPrimeira', v_first),
        'dtUltima', greatest(o.js ->> 'dtUltima', v_last),
        'nrSoma', (coalesce((o.js ->> 'nrSoma')::numeric, 0) + v_total)::text))
  from (select trim(both '"' from split_part(p_table, '.', 2)) as name) n
  cross join lateral (
    select r."jsLinhas" -> n.name as js from public."TbReciboExclusao" r where r."cdExclusao" = p_receipt) o
  where e."cdExclusao" = p_receipt and v_quantity > 0;
  return v_quantity;
end
$$;
comment on function private.delete_with_receipt is 'Deletes rows of one table and adds them to a receipt.';
revoke all on function private.delete_with_receipt from public;
-- What the functions on deletion return. dsSoma: SHA-256 of what is in tabelas, the checksum of all.
create function private.describe_deletion(p_receipt public."TbReciboExclusao") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_receipt) - '{jsLinhas,cdUsuario,xiExclusao}'::text[] || jsonb_build_object(
    'dsSoma', encode(sha256(convert_to(p_receipt."jsLinhas"::text, 'UTF8')), 'hex'),
    'tabelas', (
      select coalesce(jsonb_agg(
               '{"dsOperacao": "delete", "dtPrimeira": null, "dtUltima": null}'::jsonb
               || jsonb_build_object('dsTabela', t.key) || t.value - 'nrSoma'
               || jsonb_build_object('dsSoma', t.value ->> 'nrSoma') order by t.key), '[]')
      from jsonb_each(p_receipt."jsLinhas") t))
$$;
comment on function private.describe_deletion is 'The receipt of a deletion, as JSON.';
revoke all on function private.describe_deletion from public;
-- What the functions on retention policies return. blPropria: the client has a policy of its own.
create function private.describe_policy(p_client integer) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'cdCliente', p_client, 'nrDiasBruto', p."nrDiasBruto", 'nrDias1m', p."nrDias1m",
    'nrDias5m', p."nrDias5m", 'nrDias1h', p."nrDias1h", 'blPropria', p."cdCliente" is not null,
    'blGuardaLegal', private.is_held(p_client, null))
  from private.policy_of_client(p_client) p
$$;
comment on function private.describe_policy is 'The retention policy that holds for a client, as JSON.';
revoke all on function private.describe_policy from public;
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
         f.dt1m as last_minute, f.dt5m as last_five, greatest(p.one_minute, f.dt1m) as one_minute,
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
  v_total := private.expire_packed_rollups(v_client, v_sensors, v_until.one_minute, v_until.five_minutes,
    v_until.one_hour, least(v_until.last_minute, v_until.last_five));
  delete from series."TbSensorRegistro1m" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.one_minute;
  get diagnostics v_rows = row_count;
  v_total := v_total + v_rows;
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
-- Maintenance step: looks again for people who were deleted on request (excluir_pessoa). A call that was in
-- flight when its caller was deleted may have written the id afterwards; after five minutes none is, as
-- calls are cut off after seconds. Then nothing knows the id any more, the receipt included.
-- Returns how many people; 0 when there is nobody to look for.
create function private.finish_person_deletions() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_receipt public."TbReciboExclusao";
begin
  select e.* into v_receipt from public."TbReciboExclusao" e
  where e."dtFim" is null and e."cdUsuario" is not null and e."dtPedido" < now() - interval '5 minutes'
  order by e."dtPedido" limit 1 for update skip locked;
  if v_receipt."cdExclusao" is null then
    return 0;
  end if;
  perform private.forget_person(v_receipt."cdExclusao", v_receipt."cdUsuario");
  perform private.forget_sign_ins(v_receipt."cdExclusao", v_receipt."cdUsuario", null);
  update public."TbReciboExclusao" e set "cdUsuario" = null, "dtFim" = clock_timestamp()
  where e."cdExclusao" = v_receipt."cdExclusao";
  return 1;
end
$$;
comment on function private.finish_person_deletions is
  'Maintenance step: removes what calls in flight wrote about people who were deleted on request.';
revoke all on function private.finish_person_deletions from public;
-- Deletes all there is of a device, if few enough positions and values are left for one transaction: what is
-- made of them, its current position, events, acknowledgements and quarantine too; entries of the audit log
-- lose their rows. Ingestion is kept out until it has committed, so that a reading in flight is deleted with
-- the rest or comes after it. What is sent after that is stored as of any device. Returns whether it did.
-- Raises PT503 BUSY.
create function private.finish_series_deletion(p_receipt uuid, p_device integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_shared integer[] := private.shared_sensors(p_device);
  v_sensors integer[] := array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s where s."cdDispositivo" = p_device);
  v_own integer[];
begin
  if private.count_raw_series(p_device, v_sensors, 50001) > 50000 or exists (
      select from series."TbRollupFrio" c
      where c."cdSensor" = any (v_sensors) and c."cdSensor" <> all (v_shared) and not c."blDanificado") then
    return false;
  end if;
  perform private.shut_out_ingestion();
  v_sensors := array( -- a new sensor may have come
    select distinct s."cdSensor" from public."TbSensorVinculo" s where s."cdDispositivo" = p_device);
  v_own := array(select s from unnest(v_sensors) s where s <> all (v_shared));
  perform private.delete_raw_series(p_receipt, p_device, v_sensors);
  perform private.delete_with_receipt(p_receipt, t.name, t.column_name, t.condition, p_device, v_own)
  from (values
    (1, 'series."TbSensorRegistro1m"', 'dtBucket', 't."cdSensor" = any ($2)'),
    (2, 'series."TbSensorRegistro5m"', 'dtBucket', 't."cdSensor" = any ($2)'),
    (3, 'series."TbSensorRegistro1h"', 'dtBucket', 't."cdSensor" = any ($2)'),
    (4, 'series."TbSensorRegistro1d"', 'dtBucket', 't."cdSensor" = any ($2)'),
    (5, 'series."TbContagemDiaria"', 'dtDia', 't."cdDispositivo" = $1'),
    (6, 'public."TbPosicaoAtual"', 'dtRegistro', 't."cdDispositivo" = $1'),
    (7, 'public."TbEventoDispositivo"', 'dtRegistro', 't."cdDispositivo" = $1'),
    (8, 'public."TbComandoAck"', 'dtRegistro', 't."cdDispositivo" = $1'),
    (9, 'public."TbDispositivoMeta"', 'dtRegistro', 't."cdDispositivo" = $1'),
    (10, 'public."TbIngestaoErro"', 'dtPrimeira', 't."cdDispositivo" = $1')
  ) as t(place, name, column_name, condition)
  order by t.place;
  delete from series."TbRollupFrio" c where c."cdSensor" = any (v_own); -- damaged ones: their rows are lost
  delete from private."TbRollupPendente" p where p."cdDispositivo" = p_device or p."cdSensor" = any (v_own);
  update public."TbAuditoria" a set "jsAntes" = null, "jsDepois" = null
  where a."dsTabela" in ('TbDispositivo', 'TbSensor', 'TbDispositivoLiberado', 'TbDispositivoCredencial')
    and coalesce(a."jsAntes", a."jsDepois") ->> 'cdDispositivo' = p_device::text;
  update public."TbReciboExclusao" e
  set "dtFim" = clock_timestamp(), "cdSensoresPartilhados" = v_shared,
      "dsArquivos" = array(
        select a."dsArquivo" from private."TbArquivo" a
        where p_device = any (a."cdDispositivos")
           or a."cdDispositivos" is null and a."cdCliente" = any (e."cdClientes")
        order by 1)
  where e."cdExclusao" = p_receipt;
  return true;
end
$$;
comment on function private.finish_series_deletion is
  'Deletes all there is of a device, with a receipt, unless it is too much for one transaction.';
revoke all on function private.finish_series_deletion from public;
-- The day of the oldest position or value of a device.
create function private.first_day_of_series(p_device integer, p_sensors integer[]) returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select date_trunc('day', min(f.first))
  from (
    (select p."dtRegistro" as first from series."TbPosicao" p where p."cdDispositivo" = p_device
     order by p."dtRegistro" limit 1)
    union all
    select min(c."dtPrimeiro") from series."TbPosicaoFria" c where c."cdDispositivo" = p_device
    union all
    select min(c."dtPrimeiro") from series."TbSensorRegistroFrio" c where c."cdSensor" = any (p_sensors)
    union all
    select r.first from unnest(p_sensors) s (sensor)
    cross join lateral (
      select r."dtRegistro" as first from series."TbSensorRegistro" r
      where r."cdSensor" = s.sensor and r."cdDispositivo" = p_device order by r."dtRegistro" limit 1) r
  ) f
$$;
comment on function private.first_day_of_series is 'The day of the oldest position or value of a device.';
revoke all on function private.first_day_of_series from public;
-- Removes a person from all rows that stay, and adds their number to a receipt. The code of the request
-- replaces the id wherever rows say who did something, so that the work of one person can still be told from
-- that of another. What the client owns stays: logins of devices, quarantined payloads, holds, the audit log.
-- Its counts are by caller: those of the quarantine move to the new name as a change that is added up later.
-- $1 the person, $2 and $3 the caller until now and from now on, $4 the code. Calls in flight may write
-- the id again, hence it is called twice, and a payload may be there under both names.
create function private.forget_person(p_receipt uuid, p_person uuid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_one record;
  v_rows bigint;
begin
  for v_one in
    select t.name, t.operation, t.statement
    from (values
      (1, 'TbBilhete', 'delete', $s$delete from private."TbBilhete" b where b."dsChamador" = $2$s$),
      (2, 'TbApiKeys', 'update', $s$
        update public."TbApiKeys" k set "cdPortador" = null where k."cdPortador" = $1$s$),
      (3, 'TbDispositivoCredencial', 'update', $s$
        update public."TbDispositivoCredencial" c set "cdUsuario" = null where c."cdUsuario" = $1$s$),
      (4, 'TbGuardaLegal', 'update', $s$
        update public."TbGuardaLegal" g set "dsChamador" = $3 where g."dsChamador" = $2$s$),
      (5, 'TbReciboExclusao', 'update', $s$
        update public."TbReciboExclusao" e set "dsChamador" = $3 where e."dsChamador" = $2$s$),
      (6, null, null, $s$
        delete from public."TbIngestaoErro" e using public."TbIngestaoErro" o
        where e."dsChamador" = $2 and o."dsChamador" = $3
          and (o."dsHash", o."dsMotivo", o."cdCliente", o."cdDispositivo")
              is not distinct from (e."dsHash", e."dsMotivo", e."cdCliente", e."cdDispositivo")$s$),
      (7, 'TbIngestaoErro', 'update', $s$
        update public."TbIngestaoErro" e set "dsChamador" = $3 where e."dsChamador" = $2$s$),
      (8, null, null, $s$
        update private."TbQuarentenaMudanca" m set "dsOrigem" = $3 where m."dsOrigem" = $2$s$),
      (9, null, null, $s$
        with gone as (delete from private."TbQuarentenaOrigem" o where o."dsOrigem" = $2 returning o.*)
        insert into private."TbQuarentenaMudanca" ("cdCliente", "dsOrigem", "nrErros")
        select g."cdCliente", $3, g."nrErros" from gone g$s$),
      (10, 'TbAuditoria', 'update', $s$
        update public."TbAuditoria" a
        set "dsChamador" = case a."dsChamador" when $2 then $3 else a."dsChamador" end,
            "jsAntes" = private.without_person(a."jsAntes", $1::text, $4::text),
            "jsDepois" = private.without_person(a."jsDepois", $1::text, $4::text)
        where a."dsChamador" = $2
           or a."dsTabela" in ('profiles', 'TbApiKeys', 'TbDispositivoCredencial', 'TbGuardaLegal')
             and strpos(concat(a."jsAntes", a."jsDepois"), $1::text) > 0$s$)
    ) as t(place, name, operation, statement)
    order by t.place
  loop
    execute v_one.statement using p_person, 'user:' || p_person, 'user:' || p_receipt, p_receipt;
    get diagnostics v_rows = row_count;
    if v_one.name is not null then
      perform private.note_in_receipt(p_receipt, v_one.name, v_one.operation, v_rows);
    end if;
  end loop;
end
$$;
comment on function private.forget_person is 'Removes a person from all rows that stay, with a receipt.';
revoke all on function private.forget_person from public;
-- Removes a person from the log of Supabase Auth, where there is one and the owner of this function may, as
-- on hosted projects: entries of what it did are deleted, and those of others lose what they say of it.
-- Whatever names a person there is in traits, beside the id. The e-mail is looked for as a whole value, as
-- that of somebody else may contain it. The log is read once, as no index of ours is there, and only what may
-- name the person is parsed. Part of private.delete_person, and of private.finish_person_deletions, as the
-- deletion of the account may be logged afterwards.
-- p_email   of the person, as long as it is known
create function private.forget_sign_ins(p_receipt uuid, p_person uuid, p_email text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_log regclass := to_regclass('auth.audit_log_entries');
  v_deleted bigint;
  v_changed bigint;
begin
  if v_log is null or not (
      has_table_privilege(v_log, 'SELECT') and has_table_privilege(v_log, 'UPDATE')
      and has_table_privilege(v_log, 'DELETE')) then
    return;
  end if;
  execute format($s$
    with entry as materialized (
      select e.id, e.payload from %1$s e
      where lower(e.payload::text collate "C") like any (array[
        '%%' || $1 || '%%', -- JSON may escape any character but these
        '%%' || regexp_replace(lower(nullif($2, '')), '[^a-z0-9.@-]+', '%%', 'g') || '%%'])
    ), named as materialized (
      select e.id, e.payload ->> 'actor_id' = $1::text
                   or lower(e.payload ->> 'actor_username') = lower(nullif($2, '')) as is_own
      from entry e
      where strpos(e.payload::text, $1::text) > 0 or $2 <> '' and jsonb_path_exists(
              lower(e.payload::text)::jsonb, 'strict $.** ? (@ == $email)',
              jsonb_build_object('email', lower($2)))
    ), gone as (
      delete from %1$s e using named n where e.id = n.id and n.is_own returning 1
    ), changed as (
      update %1$s e set payload = replace((e.payload::jsonb - 'traits')::text, $1::text, $3::text)::json
      from named n where e.id = n.id and n.is_own is not true returning 1
    )
    select (select count(*) from gone), (select count(*) from changed)$s$, v_log)
  into v_deleted, v_changed using p_person, p_email, p_receipt;
  perform private.note_in_receipt(p_receipt, 'audit_log_entries', 'delete', v_deleted);
  perform private.note_in_receipt(p_receipt, 'audit_log_entries', 'update', v_changed);
end
$$;
comment on function private.forget_sign_ins is
  'Removes a person from the log of Supabase Auth, with a receipt.';
revoke all on function private.forget_sign_ins from public;
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
        select from private.hours_between(
          array[p_sensor], p_since - interval '1 hour', least(p_until, f."dtBruto")) b
        where b."cdCliente" = f."cdCliente" and b."dtBucket" > p_since - interval '1 hour'
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
-- Whether a client is under a legal hold that the person belongs to, has keys of, or has done something for
-- that the audit log of this client says.
create function private.is_person_held(p_person uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbGuardaLegal" g
    where g."cdDispositivo" is null and g."cdCliente" in (
      select p."cdCliente" from public.profiles p where p.id = p_person
      union all
      select k."cdCliente" from public."TbApiKeys" k where p_person in (k."cdUsuario", k."cdPortador")
      union all
      select a."cdCliente" from public."TbAuditoria" a
      where a."dsChamador" = 'user:' || p_person
         or a."dsTabela" = 'profiles' and coalesce(a."jsAntes", a."jsDepois") ->> 'id' = p_person::text))
$$;
comment on function private.is_person_held is 'Whether a legal hold covers what is stored of a person.';
revoke all on function private.is_person_held from public;
-- Whether a legal hold covers something of a device, of whichever owner it had.
create function private.is_series_held(p_device integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbGuardaLegal" g
    where g."cdDispositivo" = p_device
       or g."cdDispositivo" is null and g."cdCliente" in (
         select v."cdCliente" from public."TbDispositivoVinculo" v where v."cdDispositivo" = p_device))
$$;
comment on function private.is_series_held is 'Whether a legal hold covers something of a device.';
revoke all on function private.is_series_held from public;
-- Adds a number of rows to the receipt of a person. A table of which rows are deleted as well as changed has
-- one entry for both, as what is deleted.
create function private.note_in_receipt(
  p_receipt uuid, p_table text, p_operation text, p_rows bigint) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update public."TbReciboExclusao" e
  set "jsLinhas" = e."jsLinhas" || jsonb_build_object(p_table, jsonb_build_object(
        'nrLinhas', coalesce((e."jsLinhas" #>> array[p_table, 'nrLinhas'])::bigint, 0) + p_rows,
        'dsOperacao', coalesce(e."jsLinhas" #>> array[p_table, 'dsOperacao'], p_operation)))
  where e."cdExclusao" = p_receipt and p_rows > 0
$$;
comment on function private.note_in_receipt is 'Adds a number of rows to the receipt of a person.';
revoke all on function private.note_in_receipt from public;
-- How a receipt keeps whom it is about: nobody learns from it who that was, as ids are random, and whoever
-- knows the id can tell that it was this person.
create function private.opaque_person(p_receipt uuid, p_person uuid) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(p_receipt || ':' || p_person, 'UTF8')), 'hex')
$$;
comment on function private.opaque_person is
  'SHA-256 of the code of a receipt, a colon and the id of a person.';
revoke all on function private.opaque_person from public;
-- The policy that holds for a client: its own row, otherwise the row for everybody.
create function private.policy_of_client(p_client integer) returns public."TbPoliticaRetencao"
language sql stable set search_path = pg_catalog, pg_temp as $$
  select r from public."TbPoliticaRetencao" r
  where r."cdCliente" = p_client or r."cdCliente" is null
  order by r."cdCliente" nulls last limit 1
$$;
comment on function private.policy_of_client is 'The retention policy that holds for a client.';
revoke all on function private.policy_of_client from public;
-- Dry run of retention: what a policy would delete now of a client, by table. Rows are not read: counts by
-- day are added up, so values that no rollup counts (without number, or with quality 2) and positions
-- outside of measuring windows are missing. What is under a legal hold is left out. At most some 300,000
-- days of sensors are read: of larger clients every nrAmostra-th device.
-- p_policy  null: the one that holds
create function private.preview_retention(
  p_client integer, p_policy public."TbPoliticaRetencao" default null)
returns table ("dsTabela" text, "dtAte" timestamp, "dtMaisAntigo" timestamp, "nrLinhas" bigint,
               "nrBytes" bigint, "nrFontes" bigint, "nrAmostra" integer)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_policy public."TbPoliticaRetencao" := coalesce(p_policy, private.policy_of_client(p_client));
  v_today timestamp := date_trunc('day', now() at time zone 'UTC');
  v_raw timestamp := v_today - make_interval(days => v_policy."nrDiasBruto");
  v_one_minute timestamp := v_today - make_interval(days => v_policy."nrDias1m");
  v_five_minutes timestamp := v_today - make_interval(days => v_policy."nrDias5m");
  v_one_hour timestamp := v_today - make_interval(days => v_policy."nrDias1h");
  v_last timestamp := greatest(v_raw, v_one_minute, v_five_minutes, v_one_hour);
  v_sample record := private.previewed_sensors(p_client, v_last);
begin
  v_one_hour := case when num_nonnulls(v_one_hour, v_raw) = 2 then least(v_one_hour, v_raw) end;
  return query
  with day as materialized (
    select c.* from private.counts_by_day(p_client, v_sample.devices, v_sample.sensors, v_last) c
  )
  select t.name, t.until, greatest(t.until, (select min(d.day) from day d)),
         coalesce(n.quantity, 0)::bigint * v_sample.step,
         (n.quantity * v_sample.step * private.row_width(t.name))::bigint,
         coalesce(n.sources, 0) * v_sample.step, v_sample.step
  from (values
    ('TbPosicao', v_raw), ('TbSensorRegistro', v_raw), ('TbSensorRegistro1m', v_one_minute),
    ('TbSensorRegistro5m', v_five_minutes), ('TbSensorRegistro1h', v_one_hour),
    ('TbSensorRegistro1d', v_one_hour)
  ) as t(name, until)
  cross join lateral (
    select sum(case t.name when 'TbPosicao' then d.positions when 'TbSensorRegistro' then d.quantity
                           when 'TbSensorRegistro1m' then d.minutes when 'TbSensorRegistro5m' then d.fives
                           when 'TbSensorRegistro1h' then d.hours else d.days end) as quantity,
           count(distinct d.code) filter (where (d.positions > 0) = (t.name = 'TbPosicao')) as sources
    from day d where d.day < t.until
  ) n
  where t.until is not null;
end
$$;
comment on function private.preview_retention is
  'Dry run of retention: what a policy would delete now of a client.';
revoke all on function private.preview_retention from public;
-- The devices and sensors of a client that are under no legal hold, and how many of them one stands for: more
-- than one where their days before p_until are too many. Part of private.preview_retention.
create function private.previewed_sensors(p_client integer, p_until timestamp,
  out devices integer[], out sensors integer[], out step integer)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_days double precision := extract(epoch from p_until - greatest(private.series_start(), (
    select min(least(f."dtBruto", f."dt1m", f."dt5m")) from private."TbRetencaoPiso" f
    where f."cdCliente" = p_client))) / 86400;
begin
  devices := array(
    select distinct v."cdDispositivo" from public."TbDispositivoVinculo" v
    where v."cdCliente" = p_client and not private.is_held(p_client, v."cdDispositivo") order by 1);
  select array_agg(distinct s."cdSensor") into sensors
  from public."TbSensorVinculo" s
  where s."cdDispositivo" = any (devices) and not exists (
    select from public."TbSensorVinculo" o join public."TbGuardaLegal" g using ("cdDispositivo")
    where o."cdSensor" = s."cdSensor" and g."cdCliente" = p_client);
  step := greatest(1, ceil(cardinality(sensors) * v_days / 300000)::integer);
  if step > 1 then
    devices := array(select d from unnest(devices) with ordinality o(d, n) where o.n % step = 0);
    sensors := array(select s from unnest(sensors) with ordinality o(s, n) where o.n % step = 0);
  end if;
end
$$;
comment on function private.previewed_sensors is
  'Devices and sensors that a dry run of retention counts, and how many one stands for.';
revoke all on function private.previewed_sensors from public;
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
-- The receipt of a request for deletion, locked; null if the request is new. Until the transaction ends, no
-- legal hold is set. Part of excluir_serie and excluir_pessoa.
-- p_device, p_person  what the request is about: one of them
-- Raises PT400 INVALID_PARAMETER, PT409 CONFLICT (another request has this code).
create function private.receipt_of_request(
  p_code uuid, p_reason text, p_device integer, p_person text) returns public."TbReciboExclusao"
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_receipt public."TbReciboExclusao";
begin
  perform private.require_short(p_reason);
  if coalesce(btrim(p_reason), '') = '' or p_code is null then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER', message = 'dsMotivo must say why';
  end if;
  perform from private."TbRollupMarca" for update; -- no hold and no rollup changes meanwhile
  select e.* into v_receipt from public."TbReciboExclusao" e where e."cdExclusao" = p_code for update;
  if v_receipt."cdExclusao" is not null
     and (v_receipt."cdDispositivo", v_receipt."dsPessoa", v_receipt."dsMotivo")
         is distinct from (p_device, p_person, p_reason) then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = 'Another request has this code';
  end if;
  return v_receipt;
end
$$;
comment on function private.receipt_of_request is
  'The receipt of a request for deletion, or null; raises PT409 if its code has another one.';
revoke all on function private.receipt_of_request from public;
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
-- For the functions by which admins manage what their clients keep.
-- Raises PT401, PT403 FORBIDDEN, PT404 NOT_FOUND (not a client the caller acts for), PT429.
create function private.require_managed_client(p_client integer) returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
begin
  perform private.require_client(v_caller, p_client);
  return v_caller;
end
$$;
comment on function private.require_managed_client is
  'The caller, if it manages this client; raises PT401, PT403, PT404 or PT429 otherwise.';
revoke all on function private.require_managed_client from public;
-- For what only the service may do. Raises PT403 FORBIDDEN.
create function private.require_service(p_caller private.identity) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if not p_caller.is_service then
    raise sqlstate 'PT403' using hint = 'FORBIDDEN', message = 'Only the service may do this';
  end if;
end
$$;
comment on function private.require_service is 'Refuses callers that do not act for every client.';
revoke all on function private.require_service from public;
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
-- Bytes that a row of a time series takes on disk, with its indexes, as measured over the partitions that
-- have been analysed; null before any has.
create function private.row_width(p_table text) returns double precision
language sql stable set search_path = pg_catalog, pg_temp as $$
  select sum(pg_total_relation_size(c.oid)) / nullif(sum(c.reltuples), 0)
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid and c.reltuples > 0
  where i.inhparent = to_regclass(format('series.%I', p_table))
$$;
comment on function private.row_width is 'Measured bytes of a row of a time series with its indexes.';
revoke all on function private.row_width from public;
-- The sensors of a device that were at other devices, too: their rollups do not say whose they are.
create function private.shared_sensors(p_device integer) returns integer[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s
    join public."TbSensorVinculo" o on o."cdSensor" = s."cdSensor" and o."cdDispositivo" <> s."cdDispositivo"
    where s."cdDispositivo" = p_device order by 1)
$$;
comment on function private.shared_sensors is 'The sensors of a device that were at other devices, too.';
revoke all on function private.shared_sensors from public;
-- A row in the audit log that does not name a person: the code of the deletion replaces the id, and the row
-- of the person, or of a key of it, loses what people call it. Part of private.forget_person.
create function private.without_person(p_row jsonb, p_person text, p_code text) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select replace(
    (case p_person
       when p_row ->> 'id' then p_row - '{nome,sobrenome,cargo}'::text[]
       when p_row ->> 'cdUsuario' then p_row - 'dsNome'
       else p_row
     end)::text, p_person, p_code)::jsonb
$$;
comment on function private.without_person is 'A row in the audit log that does not name a person.';
revoke all on function private.without_person from public;
-- end

-- from sql/65_retention/rpc
-- Lifts a legal hold. Whoever may shorten a retention must not be able to lift what stops it, so only the
-- service may; who did is in the audit log.
-- Who: the service. Security definer: API roles may not write holds.
-- Raises PT401, PT403 FORBIDDEN, PT404 NOT_FOUND, PT429.
create function public.apagar_guarda_legal(p_cd_cliente integer, p_cd_guarda_legal integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_managed_client(p_cd_cliente);
  v_hold public."TbGuardaLegal";
begin
  perform private.require_service(v_caller);
  delete from public."TbGuardaLegal" g
  where g."cdGuardaLegal" = p_cd_guarda_legal and g."cdCliente" = p_cd_cliente returning g.* into v_hold;
  perform private.require_found(v_hold."cdGuardaLegal" is not null, 'legal hold');
  return to_jsonb(v_hold);
end
$$;
comment on function public.apagar_guarda_legal is 'Lifts a legal hold.';
revoke all on function public.apagar_guarda_legal from public;
grant execute on function public.apagar_guarda_legal to authenticated, service_role;
-- Deletes the retention policy of a client: the one for everybody holds again.
-- Who: admins, of the clients they manage. Security definer: API roles may not write policies.
-- Raises PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.apagar_retencao(p_cd_cliente integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_managed_client(p_cd_cliente);
  delete from public."TbPoliticaRetencao" p where p."cdCliente" = p_cd_cliente;
  return private.describe_policy(p_cd_cliente);
end
$$;
comment on function public.apagar_retencao is 'Deletes the retention policy of a client.';
revoke all on function public.apagar_retencao from public;
grant execute on function public.apagar_retencao to authenticated, service_role;
-- Sets a legal hold: nothing that the client received, or that it received from the device, expires or is
-- deleted any more, until the service lifts it (apagar_guarda_legal).
-- p_cd_dispositivo  a device that is or was the client's; null: everything of the client
-- Who: admins, of the clients they manage. Security definer: API roles may not write holds.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT409 CONFLICT (held already), PT429.
create function public.criar_guarda_legal(
  p_cd_cliente integer, p_ds_motivo text, p_cd_dispositivo integer default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_managed_client(p_cd_cliente);
  v_hold public."TbGuardaLegal";
begin
  perform private.require_short(p_ds_motivo);
  if coalesce(btrim(p_ds_motivo), '') = '' then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER', message = 'dsMotivo must say why';
  end if;
  perform private.require_found(p_cd_dispositivo is null or exists (
    select from public."TbDispositivoVinculo" v
    join public."TbDispositivo" d using ("cdDispositivo")
    where v."cdCliente" = p_cd_cliente and v."cdDispositivo" = p_cd_dispositivo), 'device');
  insert into public."TbGuardaLegal" ("cdCliente", "cdDispositivo", "dsMotivo", "dsChamador")
  values (p_cd_cliente, p_cd_dispositivo, p_ds_motivo, v_caller."dsChamador")
  on conflict ("cdCliente", "cdDispositivo") do nothing returning * into v_hold;
  if v_hold."cdGuardaLegal" is null then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = 'This is under a legal hold already';
  end if;
  return to_jsonb(v_hold);
end
$$;
comment on function public.criar_guarda_legal is 'Sets a legal hold of a client or of one of its devices.';
revoke all on function public.criar_guarda_legal from public;
grant execute on function public.criar_guarda_legal to authenticated, service_role;
-- Deletes a person on request: account, profile, API keys, and its id and names in whatever says who did
-- something, where the code of the request replaces the id. What the client owns stays, logins of devices
-- included. The receipt says how many rows of each table, who asked and why, and keeps a hash of the id. All
-- of it is one transaction; dtFim is null until maintenance has looked again for what calls in flight wrote.
-- p_cd_exclusao  code of the request: the same one again has the same receipt, and deletes nothing
-- p_ds_motivo    why; it is kept, so it must not name the person
-- Who: the service, in person; not for oneself.
-- Security definer: API roles may not write people and receipts.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT409 CONFLICT (legal hold of a client,
-- oneself, or another request with this code), PT429.
create function public.excluir_pessoa(p_cd_exclusao uuid, p_cd_usuario uuid, p_ds_motivo text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_change(p_cd_usuario);
  v_person text := private.opaque_person(p_cd_exclusao, p_cd_usuario);
  v_receipt public."TbReciboExclusao";
  v_email text := (select a.email from auth.users a where a.id = p_cd_usuario);
begin
  perform private.require_service(v_caller);
  v_receipt := private.receipt_of_request(p_cd_exclusao, p_ds_motivo, null, v_person);
  if v_receipt."cdExclusao" is not null then
    return private.describe_deletion(v_receipt);
  end if;
  perform private.require_found(
    exists (select from auth.users a where a.id = p_cd_usuario), 'person');
  if exists (select from auth.users a where a.id = p_cd_exclusao)
     or strpos(lower(p_ds_motivo), p_cd_usuario::text) > 0
     or strpos(lower(p_ds_motivo), lower(nullif(v_email, ''))) > 0 then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'The receipt is kept: dsMotivo and cdExclusao must not name a person';
  elsif v_caller."dsChamador" = 'user:' || p_cd_usuario then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = 'You cannot delete yourself';
  elsif private.is_person_held(p_cd_usuario) then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = 'A client of the person is under a legal hold: nothing of it is deleted';
  end if;
  insert into public."TbReciboExclusao" (
    "cdExclusao", "dsPessoa", "cdUsuario", "cdClientes", "dsMotivo", "dsChamador", "dsRequisicao")
  values (
    p_cd_exclusao, v_person, p_cd_usuario,
    array(select p."cdCliente" from public.profiles p
          where p.id = p_cd_usuario and p."cdCliente" is not null),
    p_ds_motivo, v_caller."dsChamador",
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id');
  perform private.delete_person(p_cd_exclusao, p_cd_usuario);
  select e.* into v_receipt from public."TbReciboExclusao" e where e."cdExclusao" = p_cd_exclusao;
  return private.describe_deletion(v_receipt);
end
$$;
comment on function public.excluir_pessoa is 'Deletes a person on request, with a receipt.';
revoke all on function public.excluir_pessoa from public;
grant execute on function public.excluir_pessoa to authenticated, service_role;
-- Deletes the series of a device on request: all that it sent, whoever owned it, and what is made of it. The
-- receipt says how many rows of each table, from when to when, with a checksum, who asked and why. What is
-- too much for one call is deleted by maintenance (dtFim is null until then): ask again for the receipt. The
-- device stays, and can be deleted or go on sending afterwards.
-- p_cd_exclusao  code of the request: the same one again has the same receipt, and deletes nothing
-- Who: the service. Security definer: API roles may not write time series and receipts.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT409 CONFLICT (legal hold, or another
-- request with this code), PT429, PT503 BUSY.
create function public.excluir_serie(p_cd_exclusao uuid, p_cd_dispositivo integer, p_ds_motivo text)
returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_receipt public."TbReciboExclusao";
begin
  perform private.require_service(v_caller);
  v_receipt := private.receipt_of_request(p_cd_exclusao, p_ds_motivo, p_cd_dispositivo, null);
  if v_receipt."cdExclusao" is null then
    perform private.require_found(exists (
      select from public."TbDispositivo" d where d."cdDispositivo" = p_cd_dispositivo), 'device');
    insert into public."TbReciboExclusao" (
      "cdExclusao", "cdDispositivo", "cdClientes", "dsMotivo", "dsChamador", "dsRequisicao")
    values (
      p_cd_exclusao, p_cd_dispositivo,
      array(select distinct v."cdCliente" from public."TbDispositivoVinculo" v
            where v."cdDispositivo" = p_cd_dispositivo and v."cdCliente" is not null order by 1),
      p_ds_motivo, v_caller."dsChamador",
      nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id')
    returning * into v_receipt;
  end if;
  if v_receipt."dtFim" is null then
    if private.is_series_held(p_cd_dispositivo) then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = 'The device is under a legal hold: nothing of it is deleted';
    end if;
    perform private.finish_series_deletion(p_cd_exclusao, p_cd_dispositivo);
    select e.* into v_receipt from public."TbReciboExclusao" e where e."cdExclusao" = p_cd_exclusao;
  end if;
  return private.describe_deletion(v_receipt);
end
$$;
comment on function public.excluir_serie is 'Deletes the series of a device on request, with a receipt.';
revoke all on function public.excluir_serie from public;
grant execute on function public.excluir_serie to authenticated, service_role;
-- The receipt of a deletion on request.
-- Who: the service. Security definer: the caller is resolved once.
-- Raises PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.get_exclusao(p_cd_exclusao uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_receipt public."TbReciboExclusao";
begin
  perform private.require_service(private.require_permission('admin'));
  select e.* into v_receipt from public."TbReciboExclusao" e where e."cdExclusao" = p_cd_exclusao;
  perform private.require_found(v_receipt."cdExclusao" is not null, 'receipt');
  return private.describe_deletion(v_receipt);
end
$$;
comment on function public.get_exclusao is 'The receipt of a deletion on request.';
revoke all on function public.get_exclusao from public;
grant execute on function public.get_exclusao to authenticated, service_role;
-- Receipts of deletions on request, newest first: {data, nextCursor}.
-- p_cd_dispositivo  only those of the series of this device
-- p_cd_usuario      only those of this person, who need not be there any more: receipts keep a hash of the id
-- p_cd_cliente      only those of what was, at some time, this client's
-- p_page_size       receipts per page, 1 to 1,000
-- p_cursor          nextCursor of the previous page: the last receipt on it
-- Who: the service. Security definer: the caller is resolved once.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.get_exclusoes(
  p_cd_dispositivo integer default null, p_cd_usuario uuid default null, p_cd_cliente integer default null,
  p_page_size integer default 50, p_cursor uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_after timestamptz;
  v_page public."TbReciboExclusao"[];
begin
  perform private.require_service(private.require_permission('admin'));
  select e."dtPedido" into v_after from public."TbReciboExclusao" e where e."cdExclusao" = p_cursor;
  perform private.require_page(p_page_size, p_cursor is null or v_after is not null);
  v_page := array(
    select e from public."TbReciboExclusao" e
    where (p_cd_dispositivo is null or e."cdDispositivo" = p_cd_dispositivo)
      and (p_cd_usuario is null or e."dsPessoa" = private.opaque_person(e."cdExclusao", p_cd_usuario))
      and (p_cd_cliente is null or p_cd_cliente = any (e."cdClientes"))
      and (p_cursor is null or (e."dtPedido", e."cdExclusao") < (v_after, p_cursor))
    order by e."dtPedido" desc, e."cdExclusao" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (
      select coalesce(
        jsonb_agg(private.describe_deletion(e) order by e."dtPedido" desc, e."cdExclusao" desc), '[]')
      from unnest(v_page[:p_page_size]) e),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdExclusao" end);
end
$$;
comment on function public.get_exclusoes is 'Receipts of deletions on request, in pages.';
revoke all on function public.get_exclusoes from public;
grant execute on function public.get_exclusoes to authenticated, service_role;
-- Whether rows of a series were deleted on request while somebody reads it in pages: {marca, blExcluida}.
-- Without p_desde, before the first page, marca is a mark. With it, after a page, blExcluida says whether a
-- deletion was committed meanwhile, so that the pages do not belong together. Times would not do, as a
-- deletion becomes visible after its own time.
-- p_desde  marca of the first call
-- The other arguments say what is read, as those of the functions that read it: a device, several, a sensor,
-- or all of a client; none: all that the caller acts for.
-- Who: callers with the permission read; counts no use of a key, as the pages are counted.
-- Security definer: API roles may not read receipts. Raises PT400 INVALID_PARAMETER, PT401, PT403.
create function public.get_exclusoes_desde(
  p_desde text default null, p_cd_dispositivo integer default null, p_cd_dispositivos integer[] default null,
  p_cd_sensor integer default null, p_cd_cliente integer default null) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_error text := private.permission_error(v_caller, 'read');
  v_since pg_snapshot;
begin
  if v_error is not null then
    raise sqlstate 'PT403' using message = v_error, hint = 'FORBIDDEN';
  end if;
  perform private.report_clients(v_caller);
  begin
    perform private.require_short(p_desde);
    v_since := p_desde::pg_snapshot;
  exception when data_exception then
    raise sqlstate 'PT400' using message = 'p_desde is not valid: send marca of the first call',
      hint = 'INVALID_PARAMETER';
  end;
  return jsonb_build_object('marca', pg_current_snapshot()::text, 'blExcluida', exists (
    select from public."TbReciboExclusao" e
    -- the second condition fails for numbers of another cluster, after a restore
    where not pg_visible_in_snapshot(e."xiExclusao", v_since)
      and pg_visible_in_snapshot(e."xiExclusao", pg_current_snapshot())
      and (v_caller.is_service or e."cdClientes" && v_caller."cdClientes")
      and (p_cd_cliente is null or p_cd_cliente = any (e."cdClientes"))
      and (coalesce(p_cd_dispositivo, 0) = 0 or e."cdDispositivo" = p_cd_dispositivo)
      and (p_cd_dispositivos is null or e."cdDispositivo" = any (p_cd_dispositivos))
      and (p_cd_sensor is null or e."cdDispositivo" in (
        select s."cdDispositivo" from public."TbSensorVinculo" s where s."cdSensor" = p_cd_sensor))));
end
$$;
comment on function public.get_exclusoes_desde is
  'Whether rows of a series were deleted on request while it is read in pages.';
revoke all on function public.get_exclusoes_desde from public;
grant execute on function public.get_exclusoes_desde to authenticated, service_role;
-- Legal holds of a client and of its devices, newest first: {data, nextCursor}.
-- Who: admins, of the clients they manage.
-- Security definer: the caller's clients are resolved once, as by the other functions on retention.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.get_guardas_legais(
  p_cd_cliente integer, p_page_size integer default 50, p_cursor integer default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_managed_client(p_cd_cliente);
  perform private.require_page(p_page_size);
  return (
    with hold as materialized (
      select g."cdGuardaLegal" as code, to_jsonb(g) as entry,
             row_number() over (order by g."cdGuardaLegal" desc) as n
      from public."TbGuardaLegal" g
      where g."cdCliente" = p_cd_cliente and (p_cursor is null or g."cdGuardaLegal" < p_cursor)
      order by g."cdGuardaLegal" desc
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (select coalesce(jsonb_agg(h.entry order by h.n), '[]') from hold h where h.n <= p_page_size),
      'nextCursor', (
        select h.code from hold h
        where h.n = p_page_size and exists (select from hold m where m.n > p_page_size))));
end
$$;
comment on function public.get_guardas_legais is 'Legal holds of a client and of its devices.';
revoke all on function public.get_guardas_legais from public;
grant execute on function public.get_guardas_legais to authenticated, service_role;
-- How long data of a client is kept: {cdCliente, nrDiasBruto, nrDias1m, nrDias5m, nrDias1h, blPropria,
-- blGuardaLegal}; null days: for ever.
-- Who: admins, of the clients they manage. Security definer: they may not see the policy for everybody.
-- Raises PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.get_retencao(p_cd_cliente integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_managed_client(p_cd_cliente);
  return private.describe_policy(p_cd_cliente);
end
$$;
comment on function public.get_retencao is 'How long data of a client is kept.';
revoke all on function public.get_retencao from public;
grant execute on function public.get_retencao to authenticated, service_role;
-- Gives a client a retention policy of its own; in days, null: for ever. What is older is deleted by the next
-- maintenance, for good: prever_retencao says what that is.
-- Who: admins, of the clients they manage. Security definer: API roles may not write policies.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.mudar_retencao(
  p_cd_cliente integer, p_nr_dias_bruto integer, p_nr_dias_1m integer, p_nr_dias_5m integer,
  p_nr_dias_1h integer
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_managed_client(p_cd_cliente);
  begin
    insert into public."TbPoliticaRetencao" as p (
      "cdCliente", "nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")
    values (p_cd_cliente, p_nr_dias_bruto, p_nr_dias_1m, p_nr_dias_5m, p_nr_dias_1h)
    on conflict ("cdCliente") do update
      set "nrDiasBruto" = excluded."nrDiasBruto", "nrDias1m" = excluded."nrDias1m",
          "nrDias5m" = excluded."nrDias5m", "nrDias1h" = excluded."nrDias1h";
  exception when check_violation then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'Days must be 2 to 36500, or null (for ever); nrDias1m <= nrDias5m <= nrDias1h, and '
                'nrDiasBruto <= nrDias1h';
  end;
  return private.describe_policy(p_cd_cliente);
end
$$;
comment on function public.mudar_retencao is 'Gives a client a retention policy of its own.';
revoke all on function public.mudar_retencao from public;
grant execute on function public.mudar_retencao to authenticated, service_role;
-- Dry run of retention: what the policy of a client would delete now, or one that is not set yet:
-- {cdCliente, nrDiasBruto, nrDias1m, nrDias5m, nrDias1h, blGuardaLegal, nrAmostra, tabelas, perdas}.
-- tabelas: rows, bytes and the oldest time that is kept, by table. perdas: before when questions of a
-- resolution could not be answered any more, and for how many sensors. Counts are estimates: see
-- private.preview_retention.
-- p_nr_dias_…  instead of those that hold
-- Who: admins, of the clients they manage. Security definer: counts by day are out of reach of API roles.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.prever_retencao(
  p_cd_cliente integer, p_nr_dias_bruto integer default null, p_nr_dias_1m integer default null,
  p_nr_dias_5m integer default null, p_nr_dias_1h integer default null
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_policy public."TbPoliticaRetencao";
begin
  perform private.require_managed_client(p_cd_cliente);
  v_policy := private.policy_of_client(p_cd_cliente);
  v_policy."nrDiasBruto" := coalesce(p_nr_dias_bruto, v_policy."nrDiasBruto");
  v_policy."nrDias1m" := coalesce(p_nr_dias_1m, v_policy."nrDias1m");
  v_policy."nrDias5m" := coalesce(p_nr_dias_5m, v_policy."nrDias5m");
  v_policy."nrDias1h" := coalesce(p_nr_dias_1h, v_policy."nrDias1h");
  if not coalesce(least(p_nr_dias_bruto, p_nr_dias_1m, p_nr_dias_5m, p_nr_dias_1h) >= 2
       and greatest(p_nr_dias_bruto, p_nr_dias_1m, p_nr_dias_5m, p_nr_dias_1h) <= 36500, true) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER', message = 'Days must be 2 to 36500';
  end if;
  return (
    with expiring as materialized (
      select p.* from private.preview_retention(p_cd_cliente, v_policy) p
    )
    select private.describe_policy(p_cd_cliente) - 'blPropria' || jsonb_build_object(
      'nrDiasBruto', v_policy."nrDiasBruto", 'nrDias1m', v_policy."nrDias1m",
      'nrDias5m', v_policy."nrDias5m", 'nrDias1h', v_policy."nrDias1h",
      'nrAmostra', coalesce(max(e."nrAmostra"), 1),
      'tabelas', coalesce(jsonb_agg(to_jsonb(e) - '{nrFontes,nrAmostra}'::text[]), '[]'),
      'perdas', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'dsResolucao', l.resolution, 'dtAte', l.until, 'nrSensores', e."nrFontes")
                 order by l.place), '[]')
        from (
          values (1, 'raw', 'TbSensorRegistro'), (2, '1m', 'TbSensorRegistro1m'),
                 (3, '5m', 'TbSensorRegistro5m'), (4, '1h', 'TbSensorRegistro1h')
        ) as r(place, resolution, name)
        join expiring e on e."dsTabela" = r.name
        -- as long as there are values, they answer instead of finer rollups
        join expiring v on v."dsTabela" = 'TbSensorRegistro'
        cross join lateral (select r.place, r.resolution, least(e."dtAte", v."dtAte") as until) l))
    from expiring e);
end
$$;
comment on function public.prever_retencao is 'Dry run of retention: what a policy would delete now.';
revoke all on function public.prever_retencao from public;
grant execute on function public.prever_retencao to authenticated, service_role;
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
-- Deletion on request is up to the service, and so are its receipts.
create policy ler on public."TbReciboExclusao" for select to authenticated
  using ((select private.is_service()));
-- end
