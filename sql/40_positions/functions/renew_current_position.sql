-- A device that moves is news to both owners: the former one sees it no longer, and the present one sees
-- again what the device last reported under it, if it ever did. The row changes, so that whoever asks for
-- what changed since is given it (private.changed_devices). Trigger function.
-- Security definer: nobody may write TbPosicaoAtual, whoever moves the device.
create function private.renew_current_position() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbPosicaoAtual" a
  set "dtAlteracao" = clock_timestamp(), "nrTransacao" = pg_current_xact_id()
  where a."cdDispositivo" = new."cdDispositivo";
  return null;
end
$$;
comment on function private.renew_current_position is
  'Marks the current position of a device as changed when the device moves to another owner.';
revoke all on function private.renew_current_position from public;
