create trigger "TbApiKeys_vinculo" before insert on public."TbApiKeys"
  for each row execute function private.bind_key();
comment on trigger "TbApiKeys_vinculo" on public."TbApiKeys" is
  'A key rests on its owner''s membership of a client.';
