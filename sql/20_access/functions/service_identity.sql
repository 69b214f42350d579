-- The four kinds of callers. Used by private.current_caller() only. One plan for all: whether to make another is otherwise decided
-- with the planner settings of whoever reads, and each call would plan anew.
create function private.service_identity() returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select row('service', 'service', null,
               array(select c."cdCliente" from public."TbCliente" c),
               '{read,ingest,admin}', true)::private.identity);
end
$$;
comment on function private.service_identity is 'The service itself: every client, every permission.';
revoke all on function private.service_identity from public;
