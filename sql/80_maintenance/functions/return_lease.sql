-- See private.take_lease.
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.return_lease(p_holder text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update private."TbManutencaoConcessao" set "dtExpira" = '-infinity' where "dsQuem" = p_holder
$$;
comment on function private.return_lease is 'Returns the maintenance lease.';
revoke all on function private.return_lease from public;
grant execute on function private.return_lease to rastro_manutencao;
