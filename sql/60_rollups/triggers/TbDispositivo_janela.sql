create trigger "TbDispositivo_janela"
  after update of "horarioMedicaoInicio", "horarioMedicaoFim" on public."TbDispositivo"
  for each row
  when ((old."horarioMedicaoInicio", old."horarioMedicaoFim")
        is distinct from (new."horarioMedicaoInicio", new."horarioMedicaoFim"))
  execute function private.mark_changed_window();
comment on trigger "TbDispositivo_janela" on public."TbDispositivo" is
  'Days counted for the previous measuring window are counted again.';
