create trigger "TbPosicao_esvaziado" after truncate on series."TbPosicao"
  for each statement execute function private.truncate_rollups();
comment on trigger "TbPosicao_esvaziado" on series."TbPosicao" is
  'Truncates rollups together with their time series.';
