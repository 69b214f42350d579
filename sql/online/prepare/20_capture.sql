-- For one old table, in one short transaction: keys of what is written to it from now on. Statement-level
-- triggers with transition tables: one pass for each statement, however many rows. Truncating the table is
-- refused. Creating a trigger waits for every transaction that has written to the table, so that from here on
-- no write is missed; others would wait meanwhile, so the command gives up soon and tries again.
-- Security definer: whoever writes the old tables has no rights on schema conversao.
-- {table}  the table; {key}  the column that names the unit its rows belong to; {sensor}  its
-- sensor, or null
create or replace function conversao."{table}_inserido"() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into conversao."TbConversaoMudanca" ("dsTabela", "cdChave", "cdSensor", "dtMomento")
  select '{table}', "{key}", {sensor}, "dtRegistro" from new_rows;
  return null;
end
$$;
create or replace function conversao."{table}_alterado"() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into conversao."TbConversaoMudanca" ("dsTabela", "cdChave", "cdSensor", "dtMomento")
  select '{table}', "{key}", {sensor}, "dtRegistro" from old_rows
  union
  select '{table}', "{key}", {sensor}, "dtRegistro" from new_rows;
  return null;
end
$$;
create or replace function conversao."{table}_apagado"() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into conversao."TbConversaoMudanca" ("dsTabela", "cdChave", "cdSensor", "dtMomento")
  select '{table}', "{key}", {sensor}, "dtRegistro" from old_rows;
  return null;
end
$$;
create or replace function conversao."{table}_esvaziado"() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'object_not_in_prerequisite_state',
    message = '{table} is being converted: it cannot be truncated',
    hint = 'Delete the rows instead.';
end
$$;
comment on function conversao."{table}_inserido" is 'Notes the rows that a statement inserted.';
comment on function conversao."{table}_alterado" is 'Notes the rows that a statement changed.';
comment on function conversao."{table}_apagado" is 'Notes the rows that a statement deleted.';
comment on function conversao."{table}_esvaziado" is 'Refuses to truncate a table that is being converted.';
revoke all on function conversao."{table}_inserido", conversao."{table}_alterado",
  conversao."{table}_apagado", conversao."{table}_esvaziado" from public;
create or replace trigger conversao_inserido after insert on public."{table}"
  referencing new table as new_rows
  for each statement execute function conversao."{table}_inserido"();
create or replace trigger conversao_alterado after update on public."{table}"
  referencing old table as old_rows new table as new_rows
  for each statement execute function conversao."{table}_alterado"();
create or replace trigger conversao_apagado after delete on public."{table}"
  referencing old table as old_rows
  for each statement execute function conversao."{table}_apagado"();
create or replace trigger conversao_esvaziado before truncate on public."{table}"
  for each statement execute function conversao."{table}_esvaziado"();
