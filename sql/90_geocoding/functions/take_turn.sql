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
