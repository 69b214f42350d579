-- For private.is_foreign_reference and private.reference_errors.
-- Security definer: it runs once per statement and does not depend on the policies of TbDestinatario.
create function private.managed_sites() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t."cdDestinatario" from public."TbDestinatario" t
  where t."cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service())
$$;
comment on function private.managed_sites is 'Sites whose rows the caller may change.';
revoke all on function private.managed_sites from public;
grant execute on function private.managed_sites to authenticated;
