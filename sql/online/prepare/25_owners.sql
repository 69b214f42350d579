-- Rows belong to the client that owns their device when they are carried. When a device changes hands before
-- the switch, its carried rows are judged again: see conversao.carry_changes. In one short transaction, as in
-- 20_capture.sql; the switch drops the trigger. Security definer: whoever writes devices has no rights on
-- schema conversao.
create or replace function conversao.note_owner() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into conversao."TbConversaoMudanca" ("dsTabela", "cdChave")
  values ('TbDispositivo', new."cdDispositivo");
  return null;
end
$$;
comment on function conversao.note_owner is 'Notes a device that changes hands.';
revoke all on function conversao.note_owner from public;
create or replace trigger conversao_dono after update of "cdCliente" on public."TbDispositivo"
  for each row when (old."cdCliente" is distinct from new."cdCliente")
  execute function conversao.note_owner()
