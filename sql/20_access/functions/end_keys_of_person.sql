-- Keys end for good with what they rest on: with their owner's membership of the client, or, those of the
-- service, with the role service; and with that of whoever was given their text (cdPortador). Of somebody who
-- no longer administers, a key keeps what a reader may do, or ends. Stored, so that nothing revives when the
-- person comes back. Trigger function.
-- Security definer: runs as a trigger, whoever changes the profile.
create function private.end_keys_of_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_is_gone boolean := tg_op = 'DELETE';
  v_has_left boolean;
begin
  if not v_is_gone then
    v_is_gone := new.id <> old.id;
    v_has_left := new."cdCliente" is distinct from old."cdCliente"
                  or old.role = 'service' and new.role <> 'service';
    if not (v_is_gone or v_has_left or new.role < old.role) then
      return null;
    end if;
  end if;
  -- logins that its keys made belong to the devices and stay; those of a key that is revoked end with it
  update public."TbDispositivoCredencial" c set "cdApiKey" = null
  from public."TbApiKeys" k
  where k."cdApiKey" = c."cdApiKey" and old.id in (k."cdUsuario", k."cdPortador");
  update public."TbApiKeys" k set "blAtiva" = false
  where k."cdUsuario" = old.id and k."blAtiva"
    and (v_is_gone
         or k."cdCliente" is not null and k."cdCliente" is distinct from new."cdCliente"
         or k."cdCliente" is null and new.role <> 'service');
  update public."TbApiKeys" k set "blAtiva" = false
  where k."cdPortador" = old.id and k."blAtiva" and (v_is_gone or v_has_left);
  if not v_is_gone and old.role <> 'default' and new.role = 'default' then
    update public."TbApiKeys" k
    set "dsPermissoes" = array(select p from unnest(k."dsPermissoes") p where p = 'read'),
        "blAtiva" = 'read' = any (k."dsPermissoes")
    where old.id in (k."cdUsuario", k."cdPortador") and k."blAtiva" and k."dsPermissoes" <> '{read}';
  end if;
  return null;
end
$$;
comment on function private.end_keys_of_person is
  'Ends the keys of a person who leaves a client, and limits those of one who no longer administers.';
revoke all on function private.end_keys_of_person from public;
