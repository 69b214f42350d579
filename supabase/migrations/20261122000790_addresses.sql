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

create function private.grade(p_lat double precision, p_long double precision) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select round(p_lat::numeric, 3) || ',' || round(p_long::numeric, 3)
$$;
comment on function private.grade(double precision, double precision) is 'The cell of about 100 m in which a point lies.';
revoke all on function private.grade(double precision, double precision) from public;

-- Those that changed last come first: somebody may be looking at them.
create function private.lugares_sem_endereco(p_limite integer, p_fora text[] default '{}')
returns table ("dsGrade" text, "dsLat" double precision, "dsLong" double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select l.grade, split_part(l.grade, ',', 1)::double precision, split_part(l.grade, ',', 2)::double precision
  from (select private.grade(pa."dsLat", pa."dsLong") as grade, max(pa."dtAlteracao") as quando
        from public."TbPosicaoAtual" pa
        where pa."dsLat" is not null
        group by 1) l
  where l.grade <> all (p_fora) and not exists (select from private."TbGeocodificacao" g where g."dsGrade" = l.grade)
  order by l.quando desc
  limit p_limite
$$;
comment on function private.lugares_sem_endereco(integer, text[]) is 'Cells in which devices are and of which no address is known, but for those named.';
revoke all on function private.lugares_sem_endereco(integer, text[]) from public;
grant execute on function private.lugares_sem_endereco(integer, text[]) to rastro_manutencao;

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
create function private.guardar_endereco(p_grade text, p_endereco jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_endereco integer;
begin
  if exists (select from private."TbGeocodificacao" g where g."dsGrade" = p_grade) then
    return;
  end if;
  if p_endereco is not null then
    insert into public."TbEndereco" ("dsLogradouro", "nrNumero", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsFonte", "dsLat", "dsLong")
    values (p_endereco ->> 'dsLogradouro', p_endereco ->> 'nrNumero', p_endereco ->> 'dsBairro', p_endereco ->> 'dsCep',
            p_endereco ->> 'dsCidade', p_endereco ->> 'dsUF', p_endereco ->> 'dsFonte',
            split_part(p_grade, ',', 1)::double precision, split_part(p_grade, ',', 2)::double precision)
    returning "cdEndereco" into v_endereco;
  end if;
  insert into private."TbGeocodificacao" ("dsGrade", "cdEndereco") values (p_grade, v_endereco);
end
$$;
comment on function private.guardar_endereco(text, jsonb) is 'Keeps the address of a cell, or that it has none.';
revoke all on function private.guardar_endereco(text, jsonb) from public;
grant execute on function private.guardar_endereco(text, jsonb) to rastro_manutencao;

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
    join private."TbGeocodificacao" g on g."dsGrade" = private.grade(pa."dsLat", pa."dsLong")
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
