-- What is written to the new tables from now on, by key: scripts/convert back carries it into the old ones.
-- Security definer: whoever writes the new tables has no rights on schema conversao.
create table if not exists conversao."TbConversaoVolta" (
  "cdVolta" bigint generated always as identity primary key,
  "cdPosicao" bigint,
  "cdSensor" integer,
  "cdDispositivo" integer,
  "cdCliente" integer,
  "dtRegistro" timestamp,
  "cdEndereco" integer
);
alter table conversao."TbConversaoVolta" enable row level security;
comment on table conversao."TbConversaoVolta" is
  'Rows written since the switch, by key: addresses, values with a sensor, positions without.';
create or replace function conversao.log_written() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name like 'TbEndereco%' then
    insert into conversao."TbConversaoVolta" ("cdEndereco") select r."cdEndereco" from written r;
  elsif tg_table_name = 'TbPosicao' then
    insert into conversao."TbConversaoVolta" ("cdPosicao", "cdDispositivo", "cdCliente", "dtRegistro")
    select r."cdPosicao", r."cdDispositivo", r."cdCliente", r."dtRegistro" from written r;
  else
    insert into conversao."TbConversaoVolta" (
      "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente", "dtRegistro")
    select r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente", r."dtRegistro" from written r;
  end if;
  return null;
end
$$;
comment on function conversao.log_written is 'Notes the keys of rows of the new tables that were written.';
revoke all on function conversao.log_written from public;
create trigger conversao_novo after insert on series."TbPosicao" referencing new table as written
  for each statement execute function conversao.log_written();
create trigger conversao_mudado after update on series."TbPosicao" referencing new table as written
  for each statement execute function conversao.log_written();
create trigger conversao_apagado after delete on series."TbPosicao" referencing old table as written
  for each statement execute function conversao.log_written();
create trigger conversao_novo after insert on series."TbSensorRegistro" referencing new table as written
  for each statement execute function conversao.log_written();
create trigger conversao_mudado after update on series."TbSensorRegistro" referencing new table as written
  for each statement execute function conversao.log_written();
create trigger conversao_antes after update on series."TbSensorRegistro" referencing old table as written
  for each statement execute function conversao.log_written();
create trigger conversao_apagado after delete on series."TbSensorRegistro" referencing old table as written
  for each statement execute function conversao.log_written();
create trigger conversao_novo after insert on public."TbEndereco" referencing new table as written
  for each statement execute function conversao.log_written();
create trigger conversao_mudado after update on public."TbEndereco" referencing new table as written
  for each statement execute function conversao.log_written();
create trigger conversao_apagado after delete on public."TbEndereco" referencing old table as written
  for each statement execute function conversao.log_written();
