-- Invitations of the clients the caller manages, newest first: {data, nextCursor}; nrUsados people have joined by one.
-- Who: callers with the permission admin.
-- Security definer: people and invitations are read and written by these functions alone.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_convites(p_page_size integer default 50, p_cursor bigint default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
begin
  perform private.exigir_pagina(p_page_size);
  return (
    with convite as materialized (
      select k.id, to_jsonb(k) || jsonb_build_object('nrUsados', (select count(*) from public.profiles p where p."cdChave" = k.id)) as linha,
             row_number() over (order by k.id desc) as n
      from public."TbClienteChave" k
      where (v_chamador."blServico" or k."cdCliente" = any (v_chamador."cdClientes")) and (p_cursor is null or k.id < p_cursor)
      order by k.id desc
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (select coalesce(jsonb_agg(c.linha order by c.n), '[]') from convite c where c.n <= p_page_size),
      'nextCursor', (select c.id from convite c where c.n = p_page_size and exists (select from convite m where m.n > p_page_size))));
end
$$;
comment on function public.get_convites(integer, bigint) is 'Invitations to the clients the caller manages.';
revoke all on function public.get_convites(integer, bigint) from public;
grant execute on function public.get_convites(integer, bigint) to authenticated, service_role;
