create function private.return_lease(p_holder text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update private."TbManutencaoConcessao" set "dtExpira" = '-infinity' where "dsQuem" = p_holder
$$;
comment on function private.return_lease is 'Gives the lease of the upkeep back.';
revoke all on function private.return_lease from public;
grant execute on function private.return_lease to rastro_manutencao;
