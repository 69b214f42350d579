-- Legal holds of a client and of its devices, newest first: {data, nextCursor}.
-- Who: admins, of the clients they manage.
-- Security definer: the caller's clients are resolved once, as by the other functions on retention.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.get_guardas_legais(
  p_cd_cliente integer, p_page_size integer default 50, p_cursor integer default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_managed_client(p_cd_cliente);
  perform private.require_page(p_page_size);
  return (
    with hold as materialized (
      select g."cdGuardaLegal" as code, to_jsonb(g) as entry,
             row_number() over (order by g."cdGuardaLegal" desc) as n
      from public."TbGuardaLegal" g
      where g."cdCliente" = p_cd_cliente and (p_cursor is null or g."cdGuardaLegal" < p_cursor)
      order by g."cdGuardaLegal" desc
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (select coalesce(jsonb_agg(h.entry order by h.n), '[]') from hold h where h.n <= p_page_size),
      'nextCursor', (
        select h.code from hold h
        where h.n = p_page_size and exists (select from hold m where m.n > p_page_size))));
end
$$;
comment on function public.get_guardas_legais is 'Legal holds of a client and of its devices.';
revoke all on function public.get_guardas_legais from public;
grant execute on function public.get_guardas_legais to authenticated, service_role;
