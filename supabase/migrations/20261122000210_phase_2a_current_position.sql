-- Phase 2a, current position: one row for each device, kept by a trigger, instead of a search through all positions.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/40_positions/tables
create table private."TbBilhete" (
  "dsHash" text primary key,
  "dsChamador" text not null,
  "dtExpiracao" timestamptz not null
);
create index "TbBilhete_dsChamador_idx" on private."TbBilhete" ("dsChamador");
alter table private."TbBilhete" enable row level security;
comment on table private."TbBilhete" is
  'Tickets that open a stream: each once, within half a minute. Not accessible to the API.';
comment on column private."TbBilhete"."dsHash" is 'SHA-256 (hex) of the ticket.';
comment on column private."TbBilhete"."dsChamador" is 'For whom: user:<uuid> or key:<sha256>.';
-- One row per device. It stays with the former owner of a moved device, unseen by views and functions, until
-- the present owner receives a position; then nothing of the former owner is left in it.
create table public."TbPosicaoAtual" (
  "cdDispositivo" integer primary key,
  "cdCliente" integer not null,
  "cdPosicao" bigint not null,
  "dtRegistro" timestamp not null,
  "nrSeq" bigint,
  "cdDestinatario" integer,
  "cdEndereco" integer,
  "dsLat" double precision,
  "dsLong" double precision,
  "blArea" boolean,
  "nrDistancia" real,
  "dtCoordenada" timestamp,
  "nrSeqCoordenada" bigint,
  "nrBat" double precision,
  "dtBateria" timestamp,
  "nrSeqBateria" bigint,
  "dtAlteracao" timestamptz not null default clock_timestamp(),
  "geoPonto" extensions.geography(Point, 4326) generated always as (
    extensions.st_setsrid(extensions.st_makepoint("dsLong", "dsLat"), 4326)::extensions.geography
  ) stored,
  "nrPrecisao" real,
  "nrTransacao" xid8 not null default pg_current_xact_id()
) with (fillfactor = 70);
-- room for HOT updates: a device that stands still touches no index
create index "TbPosicaoAtual_cdCliente_idx" on public."TbPosicaoAtual" ("cdCliente");
create index "TbPosicaoAtual_geoPonto_idx" on public."TbPosicaoAtual" using gist ("geoPonto");
alter table public."TbPosicaoAtual" enable row level security;
revoke all on public."TbPosicaoAtual" from public, anon, authenticated;
grant select on public."TbPosicaoAtual" to authenticated, service_role;
comment on table public."TbPosicaoAtual" is
  'The current position of each device: latest coordinates and battery, each with its own time.';
comment on column public."TbPosicaoAtual"."cdCliente" is
  'Owner at receipt; only positions received under this owner count. The present owner of the device is in '
  'TbDispositivo.';
comment on column public."TbPosicaoAtual"."cdPosicao" is
  'Latest position by (dtRegistro, nrSeq), not by arrival.';
comment on column public."TbPosicaoAtual"."dtCoordenada" is
  'Time (UTC) of the coordinates, area and distance shown.';
comment on column public."TbPosicaoAtual"."nrPrecisao" is
  'Precision of these coordinates in metres; null when it was not sent.';
comment on column public."TbPosicaoAtual"."nrSeqCoordenada" is
  'Sequence number of the position with these coordinates.';
comment on column public."TbPosicaoAtual"."dtBateria" is 'Time (UTC) of the battery voltage shown.';
comment on column public."TbPosicaoAtual"."nrSeqBateria" is
  'Sequence number of the position with this battery voltage.';
comment on column public."TbPosicaoAtual"."dtAlteracao" is
  'When this row last changed, by the clock of the database.';
comment on column public."TbPosicaoAtual"."nrTransacao" is
  'Transaction that last changed this row; compared with a horizon (private.change_horizon).';
-- end

-- from sql/40_positions/foreign_keys
alter table public."TbPosicaoAtual" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
alter table public."TbPosicaoAtual" add foreign key ("cdCliente") references public."TbCliente";
-- end

-- from sql/40_positions/functions
-- How changes are found that commit late: by transaction, not by clock. A row that changed has the number of
-- its transaction (TbPosicaoAtual.nrTransacao). Every transaction below the horizon has ended, so this
-- snapshot shows what it committed: whoever asks next for rows from this horizon on misses nothing. While an
-- old transaction is open the horizon stands still, and rows are repeated. It holds on a read replica too.
-- Inlined: no SET clause.
create function private.change_horizon() returns xid8
language sql stable parallel safe as $$
  select pg_snapshot_xmin(pg_current_snapshot())
$$;
comment on function private.change_horizon is
  'The lowest transaction that this snapshot may not show; the horizon from which to ask next.';
revoke all on function private.change_horizon from public;
grant execute on function private.change_horizon to authenticated, service_role;
-- Devices whose current position changed from a horizon on (private.change_horizon); row-level security
-- decides which. A number that this server has not given yet came with a restored dump: such a row changed
-- before every horizon. Inlined: no SET clause.
create function private.changed_devices(p_horizon xid8) returns setof integer
language sql stable as $$
  select a."cdDispositivo" from public."TbPosicaoAtual" a
  where a."nrTransacao" >= private.known_horizon(p_horizon)
    and (private.known_horizon(p_horizon) = '0' or a."nrTransacao" < pg_snapshot_xmax(pg_current_snapshot())
         or a."nrTransacao" = pg_current_xact_id_if_assigned())
$$;
comment on function private.changed_devices is
  'Devices whose current position changed from a horizon on, repeats included.';
revoke all on function private.changed_devices from public;
grant execute on function private.changed_devices to authenticated, service_role;
-- Whose rows each of these callers (user:<uuid>, key:<sha256>) may read: none where it is unknown or lost the
-- permission. Called by private.follow_positions.
create function private.clients_of_callers(p_callers text[]) returns table (caller text, clients integer[])
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c.caller,
         case when 'read' = any ((i.identity)."dsPermissoes") then (i.identity)."cdClientes" else '{}' end
  from unnest(p_callers) c(caller)
  cross join lateral (
    select case split_part(c.caller, ':', 1)
             when 'user' then private.user_identity(substring(c.caller from 6))
             when 'key' then private.key_identity(substring(c.caller from 5)) end as identity
    offset 0
  ) i
$$;
comment on function private.clients_of_callers is 'The clients whose rows these callers may read.';
revoke all on function private.clients_of_callers from public;
-- What the stream asks for again and again, for all its viewers at once.
-- p_callers  the viewers (user:<uuid>, key:<sha256>), or as many as together see what all see
-- p_known    clients whose positions were read before: of these only what changed from p_horizon on, of the
--            others all
-- p_sensors  sensors of which the latest value is wanted
-- Answers:
-- callers    whose rows each caller may read: {caller: [cdCliente, …]}
-- horizon    p_horizon of the next call; next_transaction: a number that no transaction has yet
-- server     which database server the numbers are of
-- positions  [cdCliente, cdDispositivo, cdProduto, its client, dsLat, dsLong, whether it is inside the
--            geofence that its site has now, transaction, the position, and how those see it who may not see
--            the product]; the position is null where the device has another client now
-- measured   [cdCliente, cdSensor, the latest value]
-- It answers only for clients of these callers, whom PostgreSQL looks up, so that the application's login
-- sees no more than by their requests. Stable: all of it is of one snapshot.
-- Few rows changed, nearly always, so that each is looked up: hash joins would read all devices each time.
-- Times are written by their text, which costs a tenth of what jsonb does.
-- Security definer: reads callers and, for all of them together, rows. Who may call it: that login.
create function private.follow_positions(
  p_callers text[], p_known integer[], p_horizon xid8, p_sensors integer[],
  out callers json, out horizon text, out next_transaction text, out server text, out positions json,
  out measured json
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set datestyle = 'ISO'
set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
declare
  v_clients integer[];
  v_new integer[];
  v_horizon xid8 := private.known_horizon(p_horizon);
  v_next xid8 := pg_snapshot_xmax(pg_current_snapshot());
begin
  with seen as materialized (
    select c.caller, c.clients from private.clients_of_callers(p_callers) c
  )
  select json_object_agg(s.caller, s.clients), array(select distinct u from seen e, unnest(e.clients) u),
         array(select distinct u from seen e, unnest(e.clients) u where not u = any (p_known))
  into callers, v_clients, v_new
  from seen s;
  horizon := private.change_horizon();
  next_transaction := v_next;
  server := (pg_control_system()).system_identifier;
  select json_agg(json_build_array(
    a."cdCliente", a."cdDispositivo", v."cdProduto", p."cdCliente", v."dsLat", v."dsLong",
    private.is_inside_geofence(t."geoCerca", t."nrRaio", extensions.st_distance(s."geoPonto", a."geoPonto"),
      v."dsLong", v."dsLat", v."nrPrecisao"),
    a."nrTransacao"::text, r.entry,
    case when v."cdProduto" is not null and p."cdCliente" is distinct from a."cdCliente" then r.entry::jsonb
      || '{"cdProduto": null, "nrCodigo": null, "dsProduto": null, "dsDescricao": null}' end))
  into positions
  from public."TbPosicaoAtual" a
  left join public."VwTbPosicaoAtual" v on v."cdDispositivo" = a."cdDispositivo"
  left join public."TbProduto" p on p."cdProduto" = v."cdProduto"
  left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo"
  left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
  left join public."TbEndereco" s on s."cdEndereco" = t."cdEndereco"
  cross join lateral (
    select case when v."cdDispositivo" is not null then row_to_json(x) end as entry
    from (select -- a row of the view
      v."cdPosicao", replace(v."dtRegistro"::text, ' ', 'T') || 'Z' as "dtRegistro", v."cdDispositivo",
      v."dsLat", v."dsLong", v."dsEndereco", v."dsNum", v."dsCep", v."dsBairro", v."dsCidade", v."dsUF",
      v."nrBat", v."nrCodigo", v."cdProduto", v."dsProduto", v."dsDescricao", v."cdStatus", v."blArea",
      v."cdCliente", replace(v."dtCoordenada"::text, ' ', 'T') || 'Z' as "dtCoordenada",
      replace(v."dtBateria"::text, ' ', 'T') || 'Z' as "dtBateria",
      replace((v."dtAlteracao" at time zone 'UTC')::text, ' ', 'T') || 'Z' as "dtAlteracao",
      v."nrPrecisao") x
  ) r
  where a."cdCliente" = any (v_clients)
    and (a."nrTransacao" >= v_horizon and a."nrTransacao" < v_next
         or a."cdCliente" = any (v_new));
  if p_sensors <> '{}' then
    measured := private.latest_values(p_sensors, v_clients);
  end if;
end
$$;
comment on function private.follow_positions is 'What changed for the viewers of the stream.';
revoke all on function private.follow_positions from public;
grant execute on function private.follow_positions to rastro_api, rastro_api_2;
grant usage on schema private to rastro_api, rastro_api_2;
-- The cells, of about 100 m, for which addresses are looked up. Inlined: no SET clause.
create function private.geocode_cell(p_degrees double precision) returns integer
language sql immutable parallel safe as $$
  select round(p_degrees * 1000)::integer
$$;
comment on function private.geocode_cell is
  'Degrees in thousandths: two points with equal values are in the same cell.';
revoke all on function private.geocode_cell from public;
-- The order of positions: by time, then by sequence number, null first; never by arrival. An unknown time is
-- before all others. For the trigger that maintains TbPosicaoAtual. Inlined: no SET clause.
create function private.is_later(p_time timestamp, p_seq bigint, p_other_time timestamp, p_other_seq bigint)
returns boolean
language sql immutable parallel safe as $$
  select p_time is not null and (
    p_other_time is null
    or p_time > p_other_time
    or p_time = p_other_time and (p_seq > p_other_seq or p_seq is not null and p_other_seq is null))
$$;
comment on function private.is_later is
  'The first position is later than the other, by time and sequence number.';
revoke all on function private.is_later from public;
-- Maintains TbPosicaoAtual. A statement-level trigger with a transition table: one pass per batch. Order is
-- time, then nrSeq (null first), never arrival. Coordinates (with area and address) and battery each keep the
-- latest known value, so that a position without them erases nothing. The row of a former owner gives way to
-- the first position received under the present one, whatever their times; what was in flight for a former
-- owner replaces nothing. Hash and merge joins are on again: the ingest that fires the trigger has them off.
-- Nested loops are off: the plan is kept, and one made for a single row would compare each device of a batch
-- with each other one.
-- Security definer: only this trigger writes the table.
create function private.keep_current_position() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on
set enable_nestloop = off as $$
begin
  insert into public."TbPosicaoAtual" as a (
    "cdDispositivo", "cdCliente", "cdPosicao", "dtRegistro", "nrSeq", "cdDestinatario", "cdEndereco",
    "dsLat", "dsLong", "nrPrecisao", "blArea", "nrDistancia", "dtCoordenada", "nrSeqCoordenada",
    "nrBat", "dtBateria", "nrSeqBateria")
  select u."cdDispositivo", u."cdCliente", u."cdPosicao", u."dtRegistro", u."nrSeq", u."cdDestinatario",
         c."cdEndereco", c."dsLat", c."dsLong", c."nrPrecisao", c."blArea", c."nrDistancia", c."dtRegistro",
         c."nrSeq",
         b."nrBat", b."dtRegistro", b."nrSeq"
  from (select distinct on (n."cdDispositivo") n.* from new_rows n -- one batch sees one owner of a device
        order by n."cdDispositivo", n."dtRegistro" desc, n."nrSeq" desc nulls last) u
  left join (select distinct on (n."cdDispositivo", n."cdCliente") n.* from new_rows n
             where n."dsLat" is not null
             order by n."cdDispositivo", n."cdCliente", n."dtRegistro" desc, n."nrSeq" desc nulls last) c
    on c."cdDispositivo" = u."cdDispositivo" and c."cdCliente" = u."cdCliente"
  left join (select distinct on (n."cdDispositivo", n."cdCliente") n.* from new_rows n
             where n."nrBat" is not null
             order by n."cdDispositivo", n."cdCliente", n."dtRegistro" desc, n."nrSeq" desc nulls last) b
    on b."cdDispositivo" = u."cdDispositivo" and b."cdCliente" = u."cdCliente"
  order by u."cdDispositivo" -- one lock order for all callers
  on conflict ("cdDispositivo") do update set (
    "cdCliente", "cdPosicao", "dtRegistro", "nrSeq", "cdDestinatario", "cdEndereco",
    "dsLat", "dsLong", "nrPrecisao", "blArea", "nrDistancia", "dtCoordenada", "nrSeqCoordenada",
    "nrBat", "dtBateria", "nrSeqBateria", "dtAlteracao", "nrTransacao") = (
    select excluded."cdCliente",
           case when x.is_newer then excluded."cdPosicao" else a."cdPosicao" end,
           case when x.is_newer then excluded."dtRegistro" else a."dtRegistro" end,
           case when x.is_newer then excluded."nrSeq" else a."nrSeq" end,
           case when x.is_newer then excluded."cdDestinatario" else a."cdDestinatario" end,
           case when x.place
             then coalesce(excluded."cdEndereco", case when x.is_near then a."cdEndereco" end)
             else a."cdEndereco" end,
           case when x.place then excluded."dsLat" else a."dsLat" end,
           case when x.place then excluded."dsLong" else a."dsLong" end,
           case when x.place then excluded."nrPrecisao" else a."nrPrecisao" end,
           case when x.place then excluded."blArea" else a."blArea" end,
           case when x.place then excluded."nrDistancia" else a."nrDistancia" end,
           case when x.place then excluded."dtCoordenada" else a."dtCoordenada" end,
           case when x.place then excluded."nrSeqCoordenada" else a."nrSeqCoordenada" end,
           case when x.battery then excluded."nrBat" else a."nrBat" end,
           case when x.battery then excluded."dtBateria" else a."dtBateria" end,
           case when x.battery then excluded."nrSeqBateria" else a."nrSeqBateria" end,
           clock_timestamp(), pg_current_xact_id()
    from (select
      is_moved or private.is_later(excluded."dtRegistro", excluded."nrSeq", a."dtRegistro", a."nrSeq")
        as is_newer,
      is_moved or private.is_later(excluded."dtCoordenada", excluded."nrSeqCoordenada",
                                   a."dtCoordenada", a."nrSeqCoordenada") as place,
      is_moved or private.is_later(excluded."dtBateria", excluded."nrSeqBateria",
                                   a."dtBateria", a."nrSeqBateria") as battery,
      -- a device that stands still keeps its address
      not is_moved and private.geocode_cell(excluded."dsLat") = private.geocode_cell(a."dsLat")
        and private.geocode_cell(excluded."dsLong") = private.geocode_cell(a."dsLong") as is_near
      from (select a."cdCliente" <> excluded."cdCliente" as is_moved) m) x)
  where case when a."cdCliente" = excluded."cdCliente"
    then private.is_later(excluded."dtRegistro", excluded."nrSeq", a."dtRegistro", a."nrSeq")
      or private.is_later(excluded."dtCoordenada", excluded."nrSeqCoordenada",
                          a."dtCoordenada", a."nrSeqCoordenada")
      or private.is_later(excluded."dtBateria", excluded."nrSeqBateria", a."dtBateria", a."nrSeqBateria")
    else exists (select from public."TbDispositivo" d
                 where d."cdDispositivo" = excluded."cdDispositivo" and d."cdCliente" = excluded."cdCliente")
    end;
  return null;
end
$$;
comment on function private.keep_current_position is
  'Maintains TbPosicaoAtual when positions arrive, in whatever order.';
revoke all on function private.keep_current_position from public;
-- A horizon from which nothing is missed: the one given, or the beginning where it cannot be of this database
-- server, which has not come that far (it was restored from a dump). Inlined: no SET clause.
create function private.known_horizon(p_horizon xid8) returns xid8
language sql stable parallel safe as $$
  select case when p_horizon <= pg_snapshot_xmax(pg_current_snapshot()) then p_horizon else '0'::xid8 end
$$;
comment on function private.known_horizon is
  'The horizon, or the beginning if this database server has not come that far.';
revoke all on function private.known_horizon from public;
grant execute on function private.known_horizon to authenticated, service_role;
-- The latest value of each of these sensors under the present owner of its device, of the last 31 days: the
-- code of that owner, of the sensor, and the value as JSON. Only of sensors of these clients. Called by
-- private.follow_positions.
create function private.latest_values(p_sensors integer[], p_clients integer[]) returns json
language sql stable set search_path = pg_catalog, pg_temp as $$
  select json_agg(json_build_array(d."cdCliente", s."cdSensor", json_build_object(
    'cdSensor', s."cdSensor", 'cdDispositivo', r."cdDispositivo",
    'dtRegistro', to_jsonb(r."dtRegistro") #>> '{}' || 'Z',
    'nrValor', r."nrValor", 'blValor', r."blValor", 'dsValor', r."dsValor",
    'nrQualidade', r."nrQualidade")))
  from unnest(p_sensors) u(sensor)
  join public."TbSensor" s on s."cdSensor" = u.sensor
  join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo" and d."cdCliente" = any (p_clients)
  cross join lateral (
    select h.* from private.newest_value(
      s."cdSensor", (now() at time zone 'UTC') - interval '31 days', 'infinity', null, d."cdCliente") h
  ) r
$$;
comment on function private.latest_values is 'The latest value of each of these sensors.';
revoke all on function private.latest_values from public;
-- A device that moves is news to both owners: the former one sees it no longer, and the present one sees
-- again what the device last reported under it, if it ever did. The row changes, so that whoever asks for
-- what changed since is given it (private.changed_devices). Trigger function.
-- Security definer: nobody may write TbPosicaoAtual, whoever moves the device.
create function private.renew_current_position() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbPosicaoAtual" a
  set "dtAlteracao" = clock_timestamp(), "nrTransacao" = pg_current_xact_id()
  where a."cdDispositivo" = new."cdDispositivo";
  return null;
end
$$;
comment on function private.renew_current_position is
  'Marks the current position of a device as changed when the device moves to another owner.';
revoke all on function private.renew_current_position from public;
-- Who opens a stream with this ticket (SHA-256, hex), which is used up by it; null where it was used before,
-- has expired, or was never issued.
-- Security definer: the application's login has no rights on tables. Who may call it: that login.
create function private.use_ticket(p_hash text) returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with used as (
    delete from private."TbBilhete" b where b."dsHash" = p_hash returning b."dsChamador", b."dtExpiracao"
  )
  select u."dsChamador" from used u where u."dtExpiracao" > now()
$$;
comment on function private.use_ticket is 'The caller whose ticket this is; it is valid once.';
revoke all on function private.use_ticket from public;
grant execute on function private.use_ticket to rastro_api, rastro_api_2;
-- end

-- from sql/40_positions/triggers
create trigger "TbDispositivo_posicao_atual" after update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente")
  execute function private.renew_current_position();
comment on trigger "TbDispositivo_posicao_atual" on public."TbDispositivo" is
  'The current position of a device that moves is news to its owner.';
-- Who carries history, and has seen that all of it is older than what is current, says so.
create trigger "TbPosicao_posicao_atual"
  after insert on series."TbPosicao"
  referencing new table as new_rows
  for each statement
  when (current_setting('rastro.current_positions', true) is distinct from 'are later')
  execute function private.keep_current_position();
comment on trigger "TbPosicao_posicao_atual" on series."TbPosicao" is 'Maintains TbPosicaoAtual.';
-- end
