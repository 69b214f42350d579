-- What calls the functions that mark what is late.
create trigger "TbDispositivo_janela" after update of "horarioMedicaoInicio", "horarioMedicaoFim" on public."TbDispositivo"
  for each row
  when ((old."horarioMedicaoInicio", old."horarioMedicaoFim") is distinct from (new."horarioMedicaoInicio", new."horarioMedicaoFim"))
  execute function private.marcar_janela();
comment on trigger "TbDispositivo_janela" on public."TbDispositivo" is 'Days counted for the former window are counted anew.';

create trigger "TbSensorRegistro_inserido" after insert on public."TbSensorRegistro"
  for each row when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_inserido('TbSensorRegistro');
create trigger "TbSensorRegistro_apagado" after delete on public."TbSensorRegistro" referencing old table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_leituras_mudadas();
create trigger "TbSensorRegistro_antes" after update on public."TbSensorRegistro" referencing old table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_leituras_mudadas();
create trigger "TbSensorRegistro_depois" after update on public."TbSensorRegistro" referencing new table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_leituras_mudadas();
create trigger "TbSensorRegistro_esvaziado" after truncate on public."TbSensorRegistro"
  for each statement execute function private.esvaziar_rollups();
comment on trigger "TbSensorRegistro_inserido" on public."TbSensorRegistro" is 'Marks late rows that did not come through ingestion.';
comment on trigger "TbSensorRegistro_apagado" on public."TbSensorRegistro" is 'Marks the hours of deleted rows.';
comment on trigger "TbSensorRegistro_antes" on public."TbSensorRegistro" is 'Marks the hours where changed rows were.';
comment on trigger "TbSensorRegistro_depois" on public."TbSensorRegistro" is 'Marks the hours where changed rows are.';
comment on trigger "TbSensorRegistro_esvaziado" on public."TbSensorRegistro" is 'Rollups go with what they were made of.';

create trigger "TbPosicao_inserido" after insert on public."TbPosicao"
  for each row when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_inserido('TbPosicao');
create trigger "TbPosicao_apagado" after delete on public."TbPosicao" referencing old table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_posicoes_mudadas();
create trigger "TbPosicao_antes" after update on public."TbPosicao" referencing old table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_posicoes_mudadas();
create trigger "TbPosicao_depois" after update on public."TbPosicao" referencing new table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_posicoes_mudadas();
create trigger "TbPosicao_esvaziado" after truncate on public."TbPosicao"
  for each statement execute function private.esvaziar_rollups();
comment on trigger "TbPosicao_inserido" on public."TbPosicao" is 'Marks late rows that did not come through ingestion.';
comment on trigger "TbPosicao_apagado" on public."TbPosicao" is 'Marks the hours of deleted rows.';
comment on trigger "TbPosicao_antes" on public."TbPosicao" is 'Marks the hours where changed rows were.';
comment on trigger "TbPosicao_depois" on public."TbPosicao" is 'Marks the hours where changed rows are.';
comment on trigger "TbPosicao_esvaziado" on public."TbPosicao" is 'Rollups go with what they were made of.';
