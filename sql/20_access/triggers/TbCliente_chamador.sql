create trigger "TbCliente_chamador" after insert or update or delete on public."TbCliente"
  for each statement execute function private.forget_changed_caller();
comment on trigger "TbCliente_chamador" on public."TbCliente" is
  'Who calls is looked up again after a change.';
