-- Deletes a person on request: account, profile, API keys, and its id and names in whatever says who did
-- something, where the code of the request replaces the id. What the client owns stays, logins of devices
-- included. The receipt says how many rows of each table, who asked and why, and keeps a hash of the id. All
-- of it is one transaction; dtFim is null until maintenance has looked again for what calls in flight wrote.
-- p_cd_exclusao  code of the request: the same one again has the same receipt, and deletes nothing
-- p_ds_motivo    why; it is kept, so it must not name the person
-- Who: the service, in person; not for oneself.
-- Security definer: API roles may not write people and receipts.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT409 CONFLICT (legal hold of a client,
-- oneself, or another request with this code), PT429.
create function public.excluir_pessoa(p_cd_exclusao uuid, p_cd_usuario uuid, p_ds_motivo text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_change(p_cd_usuario);
  v_person text := private.opaque_person(p_cd_exclusao, p_cd_usuario);
  v_receipt public."TbReciboExclusao";
  v_email text := (select a.email from auth.users a where a.id = p_cd_usuario);
begin
  perform private.require_service(v_caller);
  v_receipt := private.receipt_of_request(p_cd_exclusao, p_ds_motivo, null, v_person);
  if v_receipt."cdExclusao" is not null then
    return private.describe_deletion(v_receipt);
  end if;
  perform private.require_found(
    exists (select from auth.users a where a.id = p_cd_usuario), 'person');
  if exists (select from auth.users a where a.id = p_cd_exclusao)
     or strpos(lower(p_ds_motivo), p_cd_usuario::text) > 0
     or strpos(lower(p_ds_motivo), lower(nullif(v_email, ''))) > 0 then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'The receipt is kept: dsMotivo and cdExclusao must not name a person';
  elsif v_caller."dsChamador" = 'user:' || p_cd_usuario then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = 'You cannot delete yourself';
  elsif private.is_person_held(p_cd_usuario) then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = 'A client of the person is under a legal hold: nothing of it is deleted';
  end if;
  insert into public."TbReciboExclusao" (
    "cdExclusao", "dsPessoa", "cdUsuario", "cdClientes", "dsMotivo", "dsChamador", "dsRequisicao")
  values (
    p_cd_exclusao, v_person, p_cd_usuario,
    array(select p."cdCliente" from public.profiles p
          where p.id = p_cd_usuario and p."cdCliente" is not null),
    p_ds_motivo, v_caller."dsChamador",
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id');
  perform private.delete_person(p_cd_exclusao, p_cd_usuario);
  select e.* into v_receipt from public."TbReciboExclusao" e where e."cdExclusao" = p_cd_exclusao;
  return private.describe_deletion(v_receipt);
end
$$;
comment on function public.excluir_pessoa is 'Deletes a person on request, with a receipt.';
revoke all on function public.excluir_pessoa from public;
grant execute on function public.excluir_pessoa to authenticated, service_role;
