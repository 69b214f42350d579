-- Sets a legal hold: nothing that the client received, or that it received from the device, expires or is
-- deleted any more, until the service lifts it (apagar_guarda_legal).
-- p_cd_dispositivo  a device that is or was the client's; null: everything of the client
-- Who: admins, of the clients they manage. Security definer: API roles may not write holds.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT409 CONFLICT (held already), PT429.
create function public.criar_guarda_legal(
  p_cd_cliente integer, p_ds_motivo text, p_cd_dispositivo integer default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_managed_client(p_cd_cliente);
  v_hold public."TbGuardaLegal";
begin
  perform private.require_short(p_ds_motivo);
  if coalesce(btrim(p_ds_motivo), '') = '' then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER', message = 'dsMotivo must say why';
  end if;
  perform private.require_found(p_cd_dispositivo is null or exists (
    select from public."TbDispositivoVinculo" v
    join public."TbDispositivo" d using ("cdDispositivo")
    where v."cdCliente" = p_cd_cliente and v."cdDispositivo" = p_cd_dispositivo), 'device');
  insert into public."TbGuardaLegal" ("cdCliente", "cdDispositivo", "dsMotivo", "dsChamador")
  values (p_cd_cliente, p_cd_dispositivo, p_ds_motivo, v_caller."dsChamador")
  on conflict ("cdCliente", "cdDispositivo") do nothing returning * into v_hold;
  if v_hold."cdGuardaLegal" is null then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = 'This is under a legal hold already';
  end if;
  return to_jsonb(v_hold);
end
$$;
comment on function public.criar_guarda_legal is 'Sets a legal hold of a client or of one of its devices.';
revoke all on function public.criar_guarda_legal from public;
grant execute on function public.criar_guarda_legal to authenticated, service_role;
