create function private.postpone_turn(p_seconds double precision) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update private."TbGeocodificacaoVez"
  set "dtProxima" = greatest("dtProxima", clock_timestamp() + make_interval(secs => p_seconds))
$$;
comment on function private.postpone_turn is 'The server is not to be asked for so many seconds, by anybody.';
revoke all on function private.postpone_turn from public;
grant execute on function private.postpone_turn to rastro_manutencao;
