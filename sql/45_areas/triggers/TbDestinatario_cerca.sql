create trigger "TbDestinatario_cerca" before insert or update of "dsCerca" on public."TbDestinatario"
  for each row when (new."dsCerca" <> 'null') execute function private.check_geofence();
comment on trigger "TbDestinatario_cerca" on public."TbDestinatario" is 'A geofence must be a valid polygon.';
