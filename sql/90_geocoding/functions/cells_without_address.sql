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
