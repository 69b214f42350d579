-- Receipts of deletions on request, newest first: {data, nextCursor}.
-- p_cd_dispositivo  only those of the series of this device
-- p_cd_usuario      only those of this person, who need not be there any more: receipts keep a hash of the id
-- p_cd_cliente      only those of what was, at some time, this client's
-- p_page_size       receipts per page, 1 to 1,000
-- p_cursor          nextCursor of the previous page: the last receipt on it
-- Who: the service. Security definer: the caller is resolved once.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.get_exclusoes(
  p_cd_dispositivo integer default null, p_cd_usuario uuid default null, p_cd_cliente integer default null,
  p_page_size integer default 50, p_cursor uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_after timestamptz;
  v_page public."TbReciboExclusao"[];
begin
  perform private.require_service(private.require_permission('admin'));
  select e."dtPedido" into v_after from public."TbReciboExclusao" e where e."cdExclusao" = p_cursor;
  perform private.require_page(p_page_size, p_cursor is null or v_after is not null);
  v_page := array(
    select e from public."TbReciboExclusao" e
    where (p_cd_dispositivo is null or e."cdDispositivo" = p_cd_dispositivo)
      and (p_cd_usuario is null or e."dsPessoa" = private.opaque_person(e."cdExclusao", p_cd_usuario))
      and (p_cd_cliente is null or p_cd_cliente = any (e."cdClientes"))
      and (p_cursor is null or (e."dtPedido", e."cdExclusao") < (v_after, p_cursor))
    order by e."dtPedido" desc, e."cdExclusao" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (
      select coalesce(
        jsonb_agg(private.describe_deletion(e) order by e."dtPedido" desc, e."cdExclusao" desc), '[]')
      from unnest(v_page[:p_page_size]) e),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdExclusao" end);
end
$$;
comment on function public.get_exclusoes is 'Receipts of deletions on request, in pages.';
revoke all on function public.get_exclusoes from public;
grant execute on function public.get_exclusoes to authenticated, service_role;
