-- Addresses of current positions, found in the background.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/30_tables/42_TbGeocodificacaoVez.sql
-- In the database, so that any number of processes, started again as often as they like, ask as often as one.
create table private."TbGeocodificacaoVez" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtProxima" timestamptz not null default '-infinity'
);
alter table private."TbGeocodificacaoVez" enable row level security;
insert into private."TbGeocodificacaoVez" default values;

comment on table private."TbGeocodificacaoVez" is 'When the server that knows addresses may be asked again, one row.';
comment on column private."TbGeocodificacaoVez"."dtProxima" is 'Not before; later after failures, and as long as the server says.';
-- end

-- from sql/40_private/51_geocodificacao.sql
-- Addresses for current positions: python -m app.geocoding asks for what is missing and hands in what it was told. Ingestion knows
-- nothing of it. Security definer, all of them: the login of the upkeep has no rights on tables.

-- Those that changed last come first: somebody may be looking at them.
create function private.lugares_sem_endereco(p_limite integer, p_fora_lat integer[] default '{}', p_fora_long integer[] default '{}')
returns table ("nrLat" integer, "nrLong" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select l.lat, l.long
  from (select private.milesimos(pa."dsLat") as lat, private.milesimos(pa."dsLong") as long, max(pa."dtAlteracao") as quando
        from public."TbPosicaoAtual" pa
        where pa."dsLat" is not null
        group by 1, 2) l
  where not exists (select from private."TbGeocodificacao" g where g."nrLat" = l.lat and g."nrLong" = l.long)
    and not exists (select from unnest(p_fora_lat, p_fora_long) as f(lat, long) where f.lat = l.lat and f.long = l.long)
  order by l.quando desc
  limit p_limite
$$;
comment on function private.lugares_sem_endereco(integer, integer[], integer[]) is
  'Cells in which devices are and of which no address is known, but for those named.';
revoke all on function private.lugares_sem_endereco(integer, integer[], integer[]) from public;
grant execute on function private.lugares_sem_endereco(integer, integer[], integer[]) to rastro_manutencao;

-- True for one caller only until so many seconds have passed.
create function private.tomar_vez(p_segundos double precision) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with vez as (
    update private."TbGeocodificacaoVez" set "dtProxima" = clock_timestamp() + make_interval(secs => p_segundos)
    where "dtProxima" <= clock_timestamp()
    returning 1
  )
  select exists (select from vez)
$$;
comment on function private.tomar_vez(double precision) is 'Whether the server that knows addresses may be asked now.';
revoke all on function private.tomar_vez(double precision) from public;
grant execute on function private.tomar_vez(double precision) to rastro_manutencao;

create function private.adiar_vez(p_segundos double precision) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update private."TbGeocodificacaoVez"
  set "dtProxima" = greatest("dtProxima", clock_timestamp() + make_interval(secs => p_segundos))
$$;
comment on function private.adiar_vez(double precision) is 'The server is not to be asked for so many seconds, by anybody.';
revoke all on function private.adiar_vez(double precision) from public;
grant execute on function private.adiar_vez(double precision) to rastro_manutencao;

-- p_endereco  {dsLogradouro, nrNumero, dsBairro, dsCep, dsCidade, dsUF, dsFonte}, null where there is none
create function private.guardar_endereco(p_nr_lat integer, p_nr_long integer, p_endereco jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_endereco integer;
begin
  if exists (select from private."TbGeocodificacao" g where g."nrLat" = p_nr_lat and g."nrLong" = p_nr_long) then
    return;
  end if;
  if p_endereco is not null then
    insert into public."TbEndereco" ("dsLogradouro", "nrNumero", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsFonte", "dsLat", "dsLong")
    values (p_endereco ->> 'dsLogradouro', p_endereco ->> 'nrNumero', p_endereco ->> 'dsBairro', p_endereco ->> 'dsCep',
            p_endereco ->> 'dsCidade', p_endereco ->> 'dsUF', p_endereco ->> 'dsFonte',
            p_nr_lat / 1000.0, p_nr_long / 1000.0)
    returning "cdEndereco" into v_endereco;
  end if;
  insert into private."TbGeocodificacao" ("nrLat", "nrLong", "cdEndereco") values (p_nr_lat, p_nr_long, v_endereco);
end
$$;
comment on function private.guardar_endereco(integer, integer, jsonb) is 'Keeps the address of a cell, or that it has none.';
revoke all on function private.guardar_endereco(integer, integer, jsonb) from public;
grant execute on function private.guardar_endereco(integer, integer, jsonb) to rastro_manutencao;

-- Puts known addresses on current positions, at most p_limite at a time, never waiting for an ingest. A report that came without
-- coordinates keeps none: its place is that of an earlier one.
create function private.enderecar(p_limite integer) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_quantos bigint;
begin
  perform set_config('rastro.marcas', 'em conjunto', true); -- no count and no rollup changes
  with falta as materialized (
    select pa."cdDispositivo", pa."cdPosicao", pa."dtRegistro", pa."cdCliente", g."cdEndereco"
    from public."TbPosicaoAtual" pa
    join private."TbGeocodificacao" g on g."nrLat" = private.milesimos(pa."dsLat") and g."nrLong" = private.milesimos(pa."dsLong")
    where g."cdEndereco" is distinct from pa."cdEndereco"
    order by pa."cdDispositivo"
    limit p_limite
    for update of pa skip locked
  ), vinculo as (
    insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
    select distinct f."cdEndereco", f."cdCliente" from falta f where f."cdEndereco" is not null
    on conflict do nothing
  ), posicao as (
    update public."TbPosicao" p set "cdEndereco" = f."cdEndereco"
    from falta f
    where p."cdPosicao" = f."cdPosicao" and p."dtRegistro" = f."dtRegistro" and p."dsLat" is not null
  ), atual as (
    update public."TbPosicaoAtual" a set "cdEndereco" = f."cdEndereco", "dtAlteracao" = clock_timestamp()
    from falta f
    where a."cdDispositivo" = f."cdDispositivo"
    returning 1
  )
  select count(*) into v_quantos from atual;
  return v_quantos;
end
$$;
comment on function private.enderecar(integer) is 'Puts known addresses on current positions; how many.';
revoke all on function private.enderecar(integer) from public;
grant execute on function private.enderecar(integer) to rastro_manutencao;
-- end
