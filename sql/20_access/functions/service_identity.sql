-- Called by private.current_caller, as are the other *_identity functions. One generic plan for all calls
-- (plan_cache_mode): otherwise PostgreSQL decides whether to plan again with the planner settings of whoever
-- reads, and each call would be planned anew.
create function private.service_identity() returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select private.make_identity(
      p_kind => 'service',
      p_caller => 'service',
      p_client => null,
      p_clients => array(select c."cdCliente" from public."TbCliente" c),
      p_permissions => '{read,ingest,admin}',
      p_is_service => true));
end
$$;
comment on function private.service_identity is 'The service itself: every client, every permission.';
revoke all on function private.service_identity from public;
