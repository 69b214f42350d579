create trigger "TbApiKeys_chamador" after update or delete on public."TbApiKeys"
  for each statement execute function private.forget_changed_caller();
comment on trigger "TbApiKeys_chamador" on public."TbApiKeys" is
  'Who calls is looked up again after a change.';
