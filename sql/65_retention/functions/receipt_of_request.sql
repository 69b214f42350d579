-- The receipt of a request for deletion, locked; null if the request is new. Until the transaction ends, no
-- legal hold is set. Part of excluir_serie and excluir_pessoa.
-- p_device, p_person  what the request is about: one of them
-- Raises PT400 INVALID_PARAMETER, PT409 CONFLICT (another request has this code).
create function private.receipt_of_request(
  p_code uuid, p_reason text, p_device integer, p_person text) returns public."TbReciboExclusao"
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_receipt public."TbReciboExclusao";
begin
  perform private.require_short(p_reason);
  if coalesce(btrim(p_reason), '') = '' or p_code is null then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER', message = 'dsMotivo must say why';
  end if;
  perform from private."TbRollupMarca" for update; -- no hold and no rollup changes meanwhile
  select e.* into v_receipt from public."TbReciboExclusao" e where e."cdExclusao" = p_code for update;
  if v_receipt."cdExclusao" is not null
     and (v_receipt."cdDispositivo", v_receipt."dsPessoa", v_receipt."dsMotivo")
         is distinct from (p_device, p_person, p_reason) then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = 'Another request has this code';
  end if;
  return v_receipt;
end
$$;
comment on function private.receipt_of_request is
  'The receipt of a request for deletion, or null; raises PT409 if its code has another one.';
revoke all on function private.receipt_of_request from public;
