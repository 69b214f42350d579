create trigger "TbDestinatario_sem_cerca" before insert or update of "dsCerca" on public."TbDestinatario"
  for each row when (new."dsCerca" = 'null') execute function private.clear_geofence();
comment on trigger "TbDestinatario_sem_cerca" on public."TbDestinatario" is
  'A geofence given as JSON null is stored as SQL null.';
