-- Deletes the series of a device on request: all that it sent, whoever owned it, and what is made of it. The
-- receipt says how many rows of each table, from when to when, with a checksum, who asked and why. What is
-- too much for one call is deleted by maintenance (dtFim is null until then): ask again for the receipt. The
-- device stays, and can be deleted or go on sending afterwards.
-- p_cd_exclusao  code of the request: the same one again has the same receipt, and deletes nothing
-- Who: the service. Security definer: API roles may not write time series and receipts.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT409 CONFLICT (legal hold, or another
-- request with this code), PT429, PT503 BUSY.
create function public.excluir_serie(p_cd_exclusao uuid, p_cd_dispositivo integer, p_ds_motivo text)
returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_receipt public."TbReciboExclusao";
begin
  perform private.require_service(v_caller);
  v_receipt := private.receipt_of_request(p_cd_exclusao, p_ds_motivo, p_cd_dispositivo, null);
  if v_receipt."cdExclusao" is null then
    perform private.require_found(exists (
      select from public."TbDispositivo" d where d."cdDispositivo" = p_cd_dispositivo), 'device');
    insert into public."TbReciboExclusao" (
      "cdExclusao", "cdDispositivo", "cdClientes", "dsMotivo", "dsChamador", "dsRequisicao")
    values (
      p_cd_exclusao, p_cd_dispositivo,
      array(select distinct v."cdCliente" from public."TbDispositivoVinculo" v
            where v."cdDispositivo" = p_cd_dispositivo and v."cdCliente" is not null order by 1),
      p_ds_motivo, v_caller."dsChamador",
      nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id')
    returning * into v_receipt;
  end if;
  if v_receipt."dtFim" is null then
    if private.is_series_held(p_cd_dispositivo) then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = 'The device is under a legal hold: nothing of it is deleted';
    end if;
    perform private.finish_series_deletion(p_cd_exclusao, p_cd_dispositivo);
    select e.* into v_receipt from public."TbReciboExclusao" e where e."cdExclusao" = p_cd_exclusao;
  end if;
  return private.describe_deletion(v_receipt);
end
$$;
comment on function public.excluir_serie is 'Deletes the series of a device on request, with a receipt.';
revoke all on function public.excluir_serie from public;
grant execute on function public.excluir_serie to authenticated, service_role;
