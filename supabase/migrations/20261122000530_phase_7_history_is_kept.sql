-- Phase 7: what has history is retired, not deleted, as no foreign key would refuse it any more.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/70_triggers/02_historico_nao_se_apaga.sql
-- What has history can be retired, never deleted. The time series have no foreign keys, so these triggers look; they
-- shut out ingests first, before any row is locked, so that none in flight can add history to what is just being deleted.
-- Security definer: the check must see rows that the person deleting may not see.
create function private.travar_antes_de_apagar() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.travar_ingestao(true);
  return null;
end
$$;
comment on function private.travar_antes_de_apagar() is 'Shuts out ingests until the deletion is committed.';
revoke all on function private.travar_antes_de_apagar() from public;

create function private.recusar_se_tem_historico() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'TbDispositivo' and (
       exists (select from public."TbPosicao" p where p."cdDispositivo" = (to_jsonb(old) ->> 'cdDispositivo')::integer)
       or exists (select from public."TbSensorVinculo" v
                  join public."TbSensorRegistro" r on r."cdSensor" = v."cdSensor" and r."cdDispositivo" = v."cdDispositivo"
                  where v."cdDispositivo" = (to_jsonb(old) ->> 'cdDispositivo')::integer))
     or tg_table_name = 'TbSensor' and exists (
       select from public."TbSensorRegistro" r where r."cdSensor" = (to_jsonb(old) ->> 'cdSensor')::integer)
     or tg_table_name = 'TbEndereco' and exists (
       select from public."TbPosicao" p where p."cdEndereco" = (to_jsonb(old) ->> 'cdEndereco')::integer) then
    raise sqlstate 'PT409' using message = format('This row of %s has history and cannot be deleted', tg_table_name),
      hint = 'CONFLICT', detail = 'Retire it instead: set cdStatus to encerrado, or leave the sensor unused.';
  end if;
  return old;
end
$$;
comment on function private.recusar_se_tem_historico() is 'Refuses to delete a device, sensor or address that has history.';
revoke all on function private.recusar_se_tem_historico() from public;

create trigger "TbDispositivo_travar" before delete on public."TbDispositivo"
  for each statement execute function private.travar_antes_de_apagar();
create trigger "TbDispositivo_historico" before delete on public."TbDispositivo"
  for each row execute function private.recusar_se_tem_historico();
create trigger "TbSensor_travar" before delete on public."TbSensor"
  for each statement execute function private.travar_antes_de_apagar();
create trigger "TbSensor_historico" before delete on public."TbSensor"
  for each row execute function private.recusar_se_tem_historico();
create trigger "TbEndereco_historico" before delete on public."TbEndereco"
  for each row execute function private.recusar_se_tem_historico();
comment on trigger "TbEndereco_historico" on public."TbEndereco" is 'Addresses that reports were found at are kept.';
comment on trigger "TbDispositivo_travar" on public."TbDispositivo" is 'No ingest in flight while devices are deleted.';
comment on trigger "TbDispositivo_historico" on public."TbDispositivo" is 'Devices with history are retired, not deleted.';
comment on trigger "TbSensor_travar" on public."TbSensor" is 'No ingest in flight while sensors are deleted.';
comment on trigger "TbSensor_historico" on public."TbSensor" is 'Sensors with history are kept.';
-- end
