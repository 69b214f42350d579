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
