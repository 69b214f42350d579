-- Addresses of current positions, found in the background.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/90_geocoding/tables
create table private."TbGeocodificacao" (
  "nrLat" integer not null,
  "nrLong" integer not null,
  "cdEndereco" integer,
  "dtRegistro" timestamptz not null default now(),
  primary key ("nrLat", "nrLong")
);
create index "TbGeocodificacao_cdEndereco_idx" on private."TbGeocodificacao" ("cdEndereco");
alter table private."TbGeocodificacao" enable row level security;
comment on table private."TbGeocodificacao" is
  'Address found for a cell of about 100 m, so that no cell is looked up twice. Not accessible to the API: '
  'whoever could write it could set addresses on other clients'' maps.';
comment on column private."TbGeocodificacao"."nrLat" is 'Latitude in thousandths of a degree.';
comment on column private."TbGeocodificacao"."nrLong" is 'Longitude in thousandths of a degree.';
comment on column private."TbGeocodificacao"."cdEndereco" is 'Null: the cell has no address.';
-- In the database, so that any number of processes, however often they are restarted, ask no more often than
-- one.
create table private."TbGeocodificacaoVez" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtProxima" timestamptz not null default '-infinity'
);
alter table private."TbGeocodificacaoVez" enable row level security;
comment on table private."TbGeocodificacaoVez" is 'When the geocoding server may be asked again, one row.';
comment on column private."TbGeocodificacaoVez"."dtProxima" is
  'Not before this time; postponed after failures, and when the server asks for it.';
-- end

-- from sql/90_geocoding/foreign_keys
alter table private."TbGeocodificacao" add foreign key ("cdEndereco")
  references public."TbEndereco" on delete cascade;
-- end

-- from sql/90_geocoding/rows
insert into private."TbGeocodificacaoVez" default values;
-- end

-- from sql/90_geocoding/functions
-- Sets known addresses on current positions, at most p_limit at a time, without waiting for any ingest. A
-- position that came without coordinates gets none, as its coordinates are those of an earlier one.
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.apply_addresses(p_limit integer) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_count bigint;
begin
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- changes no counter and no rollup
  with missing as materialized (
    select pa."cdDispositivo", pa."cdPosicao", pa."dtRegistro", pa."cdCliente", g."cdEndereco"
    from public."TbPosicaoAtual" pa
    join private."TbGeocodificacao" g
      on g."nrLat" = private.geocode_cell(pa."dsLat") and g."nrLong" = private.geocode_cell(pa."dsLong")
    where g."cdEndereco" is distinct from pa."cdEndereco"
    order by pa."cdDispositivo", pa."cdCliente"
    limit p_limit
    for update of pa skip locked
  ), link as (
    insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
    select distinct f."cdEndereco", f."cdCliente" from missing f where f."cdEndereco" is not null
    on conflict do nothing
  ), position_rows as (
    update series."TbPosicao" p set "cdEndereco" = f."cdEndereco"
    from missing f
    where p."cdPosicao" = f."cdPosicao" and p."dtRegistro" = f."dtRegistro" and p."dsLat" is not null
  ), packed as ( -- of a device that has been silent for long
    select count(*) filter (where private.locate_packed(
      f."cdDispositivo", f."dtRegistro", f."cdCliente", f."cdPosicao", f."cdEndereco"))
    from missing f where f."dtRegistro" < private.packed_before()
  ), updated as (
    update public."TbPosicaoAtual" a set "cdEndereco" = f."cdEndereco", "dtAlteracao" = clock_timestamp(),
      "nrTransacao" = pg_current_xact_id()
    from missing f
    where a."cdDispositivo" = f."cdDispositivo" and a."cdCliente" = f."cdCliente"
    returning 1
  )
  select count(*) into v_count from updated, packed;
  return v_count;
end
$$;
comment on function private.apply_addresses is 'Sets known addresses on current positions; returns how many.';
revoke all on function private.apply_addresses from public;
grant execute on function private.apply_addresses to rastro_manutencao;
-- The work list of python -m app.jobs.geocoding, which looks up the addresses and stores them
-- (private.store_address). The most recently changed positions come first, as somebody may be looking at
-- them. Ingestion does not depend on any of this.
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.cells_without_address(p_limit integer, p_except_lat integer[] default '{}',
  p_except_long integer[] default '{}') returns table ("nrLat" integer, "nrLong" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select l.lat, l.long
  from (
    select private.geocode_cell(pa."dsLat") as lat, private.geocode_cell(pa."dsLong") as long,
           max(pa."dtAlteracao") as changed_at
    from public."TbPosicaoAtual" pa
    where pa."dsLat" is not null
    group by 1, 2
  ) l
  where not exists (select from private."TbGeocodificacao" g where g."nrLat" = l.lat and g."nrLong" = l.long)
    and not exists (select from unnest(p_except_lat, p_except_long) as f(lat, long)
                    where f.lat = l.lat and f.long = l.long)
  order by l.changed_at desc
  limit p_limit
$$;
comment on function private.cells_without_address is
  'Cells with devices but without a known address, except those given.';
revoke all on function private.cells_without_address from public;
grant execute on function private.cells_without_address to rastro_manutencao;
-- After a failure, or when the geocoding server asks for it. See private.take_turn.
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.postpone_turn(p_seconds double precision) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update private."TbGeocodificacaoVez"
  set "dtProxima" = greatest("dtProxima", clock_timestamp() + make_interval(secs => p_seconds))
$$;
comment on function private.postpone_turn is 'No process may ask the geocoding server for so many seconds.';
revoke all on function private.postpone_turn from public;
grant execute on function private.postpone_turn to rastro_manutencao;
-- Stores the address of a cell; does nothing when there is one already.
-- p_address  {dsLogradouro, nrNumero, dsBairro, dsCep, dsCidade, dsUF, dsFonte}; null: the cell has no
--            address; parts longer than the columns take are cut
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.store_address(p_lat integer, p_long integer, p_address jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_address integer;
begin
  if exists (select from private."TbGeocodificacao" g where g."nrLat" = p_lat and g."nrLong" = p_long) then
    return;
  end if;
  if p_address is not null then
    insert into public."TbEndereco" (
      "dsLogradouro", "nrNumero", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsFonte", "dsLat", "dsLong")
    values (left(p_address ->> 'dsLogradouro', 255), left(p_address ->> 'nrNumero', 255),
            left(p_address ->> 'dsBairro', 255), left(p_address ->> 'dsCep', 255),
            left(p_address ->> 'dsCidade', 255), left(p_address ->> 'dsUF', 255), p_address ->> 'dsFonte',
            p_lat / 1000.0, p_long / 1000.0)
    returning "cdEndereco" into v_address;
  end if;
  insert into private."TbGeocodificacao" ("nrLat", "nrLong", "cdEndereco") values (p_lat, p_long, v_address);
end
$$;
comment on function private.store_address is 'Stores the address of a cell, or that it has none.';
revoke all on function private.store_address from public;
grant execute on function private.store_address to rastro_manutencao;
-- True for one caller only in p_seconds, however many processes there are.
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.take_turn(p_seconds double precision) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with occurrence as (
    update private."TbGeocodificacaoVez"
    set "dtProxima" = clock_timestamp() + make_interval(secs => p_seconds)
    where "dtProxima" <= clock_timestamp()
    returning 1
  )
  select exists (select from occurrence)
$$;
comment on function private.take_turn is 'Whether the caller may ask the geocoding server now.';
revoke all on function private.take_turn from public;
grant execute on function private.take_turn to rastro_manutencao;
-- end
