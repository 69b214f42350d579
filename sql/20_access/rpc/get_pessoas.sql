-- People of the clients the caller manages, by id: {data, nextCursor}.
-- Who: people with the permission admin.
-- Security definer: the service also sees people without a client.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_pessoas(p_page_size integer default 50, p_cursor uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_management();
begin
  perform private.require_page(p_page_size);
  return (
    with person as materialized (
      select p.id, private.describe_person(p) as entry, row_number() over (order by p.id) as n
      from public.profiles p
      where (v_caller.is_service or p."cdCliente" = any (v_caller."cdClientes"))
        and (p_cursor is null or p.id > p_cursor)
      order by p.id
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (select coalesce(jsonb_agg(p.entry order by p.n), '[]') from person p where p.n <= p_page_size),
      'nextCursor', (
        select p.id from person p
        where p.n = p_page_size and exists (select from person m where m.n > p_page_size))));
end
$$;
comment on function public.get_pessoas is 'People of the clients the caller manages.';
revoke all on function public.get_pessoas from public;
grant execute on function public.get_pessoas to authenticated, service_role;
