-- Invitations to the clients the caller manages, newest first: {data, nextCursor}. nrUsados: how many people
-- have joined by it.
-- Who: people with the permission admin.
-- Security definer: counts people that the caller may not see.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_convites(p_page_size integer default 50, p_cursor bigint default null)
returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_management();
begin
  perform private.require_page(p_page_size);
  return (
    with invitation as materialized (
      select k.id, row_number() over (order by k.id desc) as n,
             to_jsonb(k) || jsonb_build_object(
               'nrUsados', (select count(*) from public.profiles p where p."cdChave" = k.id)) as entry
      from public."TbClienteChave" k
      where (v_caller.is_service or k."cdCliente" = any (v_caller."cdClientes"))
        and (p_cursor is null or k.id < p_cursor)
      order by k.id desc
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (
        select coalesce(jsonb_agg(c.entry order by c.n), '[]') from invitation c where c.n <= p_page_size),
      'nextCursor', (
        select c.id from invitation c
        where c.n = p_page_size and exists (select from invitation m where m.n > p_page_size))));
end
$$;
comment on function public.get_convites is 'Invitations to the clients the caller manages.';
revoke all on function public.get_convites from public;
grant execute on function public.get_convites to authenticated, service_role;
