create trigger "TbGuardaLegal_piso" after insert on public."TbGuardaLegal"
  for each row execute function private.hold_floors();
comment on trigger "TbGuardaLegal_piso" on public."TbGuardaLegal" is
  'Stops the expiry of what is held where it is now.';
