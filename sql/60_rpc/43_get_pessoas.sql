-- People of the clients the caller manages, by id: {data, nextCursor}.
-- Who: callers with the permission admin.
-- Security definer: the service sees people without a client, too.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_pessoas(p_page_size integer default 50, p_cursor uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
begin
  perform private.exigir_pagina(p_page_size);
  return (
    with pessoa as materialized (
      select p.id, private.descrever_pessoa(p) as linha, row_number() over (order by p.id) as n
      from public.profiles p
      where (v_chamador."blServico" or p."cdCliente" = any (v_chamador."cdClientes")) and (p_cursor is null or p.id > p_cursor)
      order by p.id
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (select coalesce(jsonb_agg(p.linha order by p.n), '[]') from pessoa p where p.n <= p_page_size),
      'nextCursor', (select p.id from pessoa p where p.n = p_page_size and exists (select from pessoa m where m.n > p_page_size))));
end
$$;
comment on function public.get_pessoas(integer, uuid) is 'People of the clients the caller manages.';
revoke all on function public.get_pessoas(integer, uuid) from public;
grant execute on function public.get_pessoas(integer, uuid) to authenticated, service_role;
