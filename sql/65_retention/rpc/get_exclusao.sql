-- The receipt of a deletion on request.
-- Who: the service. Security definer: the caller is resolved once.
-- Raises PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.get_exclusao(p_cd_exclusao uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_receipt public."TbReciboExclusao";
begin
  perform private.require_service(private.require_permission('admin'));
  select e.* into v_receipt from public."TbReciboExclusao" e where e."cdExclusao" = p_cd_exclusao;
  perform private.require_found(v_receipt."cdExclusao" is not null, 'receipt');
  return private.describe_deletion(v_receipt);
end
$$;
comment on function public.get_exclusao is 'The receipt of a deletion on request.';
revoke all on function public.get_exclusao from public;
grant execute on function public.get_exclusao to authenticated, service_role;
