-- A device that comes back, and sent nothing meanwhile, shows again what it last reported. Its row changes,
-- so that whoever asks for what changed since (p_desde of get_posicoes_atuais) is given it. Trigger function.
-- Security definer: nobody may write TbPosicaoAtual, whoever moves the device.
create function private.renew_current_position() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbPosicaoAtual" a set "dtAlteracao" = clock_timestamp()
  where a."cdDispositivo" = new."cdDispositivo" and a."cdCliente" = new."cdCliente";
  return null;
end
$$;
comment on function private.renew_current_position is
  'Marks the current position of a device as changed when the device moves to its owner.';
revoke all on function private.renew_current_position from public;
