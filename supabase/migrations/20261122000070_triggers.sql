-- The room 70_triggers. Pasted from sql/ by scripts/new-migration.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- sql/70_triggers/01_posicao_atual.sql
-- Keeps TbPosicaoAtual. A statement-level trigger with a transition table: one pass per batch. Order is time, then nrSeq
-- (null first), never arrival; coordinates and battery each keep the latest known, so that a row without them erases
-- nothing. When a device changed hands, what its former owner reported is not carried over.
-- Security definer: only this trigger writes the table.
create function private.manter_posicao_atual() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on as $$ -- the ingest it runs in has them off
begin
  insert into public."TbPosicaoAtual" as a (
    "cdDispositivo", "cdCliente", "cdPosicao", "dtRegistro", "nrSeq", "cdDestinatario", "cdEndereco",
    "dsLat", "dsLong", "blArea", "nrDistancia", "dtCoordenada", "nrSeqCoordenada", "nrBat", "dtBateria", "nrSeqBateria")
  select u."cdDispositivo", u."cdCliente", u."cdPosicao", u."dtRegistro", u."nrSeq", u."cdDestinatario", u."cdEndereco",
         c."dsLat", c."dsLong", c."blArea", c."nrDistancia", c."dtRegistro", c."nrSeq", b."nrBat", b."dtRegistro", b."nrSeq"
  from (select distinct on (n."cdDispositivo") n.* from novas n
        order by n."cdDispositivo", n."dtRegistro" desc, n."nrSeq" desc nulls last) u
  left join (select distinct on (n."cdDispositivo") n.* from novas n where n."dsLat" is not null
             order by n."cdDispositivo", n."dtRegistro" desc, n."nrSeq" desc nulls last) c
    on c."cdDispositivo" = u."cdDispositivo"
  left join (select distinct on (n."cdDispositivo") n.* from novas n where n."nrBat" is not null
             order by n."cdDispositivo", n."dtRegistro" desc, n."nrSeq" desc nulls last) b
    on b."cdDispositivo" = u."cdDispositivo"
  order by u."cdDispositivo" -- one lock order for all callers
  on conflict ("cdDispositivo") do update set (
    "cdCliente", "cdPosicao", "dtRegistro", "nrSeq", "cdDestinatario", "cdEndereco",
    "dsLat", "dsLong", "blArea", "nrDistancia", "dtCoordenada", "nrSeqCoordenada",
    "nrBat", "dtBateria", "nrSeqBateria", "dtAlteracao") = (
    select case when x.nova then excluded."cdCliente" else a."cdCliente" end,
           case when x.nova then excluded."cdPosicao" else a."cdPosicao" end,
           case when x.nova then excluded."dtRegistro" else a."dtRegistro" end,
           case when x.nova then excluded."nrSeq" else a."nrSeq" end,
           case when x.nova then excluded."cdDestinatario" else a."cdDestinatario" end,
           case when x.nova then excluded."cdEndereco" else a."cdEndereco" end,
           case when x.lugar then excluded."dsLat" else a."dsLat" end,
           case when x.lugar then excluded."dsLong" else a."dsLong" end,
           case when x.lugar then excluded."blArea" else a."blArea" end,
           case when x.lugar then excluded."nrDistancia" else a."nrDistancia" end,
           case when x.lugar then excluded."dtCoordenada" else a."dtCoordenada" end,
           case when x.lugar then excluded."nrSeqCoordenada" else a."nrSeqCoordenada" end,
           case when x.bateria then excluded."nrBat" else a."nrBat" end,
           case when x.bateria then excluded."dtBateria" else a."dtBateria" end,
           case when x.bateria then excluded."nrSeqBateria" else a."nrSeqBateria" end,
           clock_timestamp()
    from (select d.nova, d.lugar and d.mesmo or d.nova and not d.mesmo as lugar,
                 d.bateria and d.mesmo or d.nova and not d.mesmo as bateria
          from (select
            private.depois(excluded."dtRegistro", excluded."nrSeq", a."dtRegistro", a."nrSeq") as nova,
            private.depois(excluded."dtCoordenada", excluded."nrSeqCoordenada", a."dtCoordenada", a."nrSeqCoordenada") as lugar,
            private.depois(excluded."dtBateria", excluded."nrSeqBateria", a."dtBateria", a."nrSeqBateria") as bateria,
            a."cdCliente" = excluded."cdCliente" as mesmo) d) x)
  where private.depois(excluded."dtRegistro", excluded."nrSeq", a."dtRegistro", a."nrSeq")
     or a."cdCliente" = excluded."cdCliente"
        and (private.depois(excluded."dtCoordenada", excluded."nrSeqCoordenada", a."dtCoordenada", a."nrSeqCoordenada")
          or private.depois(excluded."dtBateria", excluded."nrSeqBateria", a."dtBateria", a."nrSeqBateria"));
  return null;
end
$$;
comment on function private.manter_posicao_atual() is 'Keeps TbPosicaoAtual when positions arrive, in whatever order.';
revoke all on function private.manter_posicao_atual() from public;

create trigger "TbPosicao_posicao_atual"
  after insert on public."TbPosicao"
  referencing new table as novas
  for each statement execute function private.manter_posicao_atual();
comment on trigger "TbPosicao_posicao_atual" on public."TbPosicao" is 'Keeps TbPosicaoAtual.';

-- sql/70_triggers/02_historico_nao_se_apaga.sql
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

-- sql/70_triggers/03_vinculos.sql
-- Notes every owner and site of a device, every device and item of a sensor, and every client at an address. Security definer: nobody writes these
-- tables by hand.
create function private.anotar_vinculo_dispositivo() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
  values (new."cdDispositivo", new."cdCliente", new."cdDestinatario")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.anotar_vinculo_dispositivo() is 'Notes the owner and site of a device.';
revoke all on function private.anotar_vinculo_dispositivo() from public;

create function private.anotar_vinculo_sensor() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  values (new."cdSensor", new."cdDispositivo", new."cdProdutoItem")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.anotar_vinculo_sensor() is 'Notes the device and product item of a sensor.';
revoke all on function private.anotar_vinculo_sensor() from public;

create function private.anotar_vinculo_endereco() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
  values (new."cdEndereco", new."cdCliente")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.anotar_vinculo_endereco() is 'Notes the client of a report at an address.';
revoke all on function private.anotar_vinculo_endereco() from public;

create trigger "TbDispositivo_vinculo" after insert or update of "cdCliente", "cdDestinatario" on public."TbDispositivo"
  for each row execute function private.anotar_vinculo_dispositivo();
create trigger "TbSensor_vinculo" after insert or update of "cdDispositivo", "cdProdutoItem" on public."TbSensor"
  for each row execute function private.anotar_vinculo_sensor();
-- Few reports come with an address: a condition a row costs ingestion nothing, a statement's trigger would.
create trigger "TbPosicao_vinculo" after insert or update of "cdEndereco" on public."TbPosicao"
  for each row when (new."cdEndereco" is not null) execute function private.anotar_vinculo_endereco();
comment on trigger "TbPosicao_vinculo" on public."TbPosicao" is 'Keeps TbEnderecoVinculo.';
comment on trigger "TbDispositivo_vinculo" on public."TbDispositivo" is 'Keeps TbDispositivoVinculo.';
comment on trigger "TbSensor_vinculo" on public."TbSensor" is 'Keeps TbSensorVinculo.';

-- sql/70_triggers/04_auditoria.sql
-- Who changed which key, device, sensor or site. Security definer: nobody writes the log by hand.
create function private.cliente_da_linha(p_tabela text, p_linha jsonb) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case p_tabela
    when 'TbSensor' then (select d."cdCliente" from public."TbDispositivo" d
                          where d."cdDispositivo" = (p_linha ->> 'cdDispositivo')::integer)
    when 'TbApiKeys' then (select p."cdCliente" from public.profiles p where p.id = (p_linha ->> 'cdUsuario')::uuid)
    else (p_linha ->> 'cdCliente')::integer
  end
$$;
comment on function private.cliente_da_linha(text, jsonb) is 'The client whose admins see what happens to a row.';
revoke all on function private.cliente_da_linha(text, jsonb) from public;

create function private.auditar() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
  v_antes jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - 'dsHash' end;
  v_depois jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - 'dsHash' end;
begin
  insert into public."TbAuditoria" ("dsTabela", "dsOperacao", "dsChamador", "dsRequisicao", "cdClientes", "cdCliente",
                                    "jsAntes", "jsDepois")
  values (tg_table_name, lower(tg_op), v_chamador."dsChamador",
          nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id',
          v_chamador."cdClientes", private.cliente_da_linha(tg_table_name, coalesce(v_antes, v_depois)), v_antes, v_depois);
  return null;
end
$$;
comment on function private.auditar() is 'Writes one entry of the audit log.';
revoke all on function private.auditar() from public;

create trigger "TbApiKeys_auditoria" after insert or update or delete on public."TbApiKeys"
  for each row execute function private.auditar();
create trigger "TbDispositivo_auditoria" after insert or update or delete on public."TbDispositivo"
  for each row execute function private.auditar();
create trigger "TbSensor_auditoria" after insert or update or delete on public."TbSensor"
  for each row execute function private.auditar();
create trigger "TbDestinatario_auditoria" after insert or update or delete on public."TbDestinatario"
  for each row execute function private.auditar();
comment on trigger "TbApiKeys_auditoria" on public."TbApiKeys" is 'Keeps TbAuditoria.';
comment on trigger "TbDispositivo_auditoria" on public."TbDispositivo" is 'Keeps TbAuditoria.';
comment on trigger "TbSensor_auditoria" on public."TbSensor" is 'Keeps TbAuditoria.';
comment on trigger "TbDestinatario_auditoria" on public."TbDestinatario" is 'Keeps TbAuditoria.';

-- sql/70_triggers/05_vinculo_alheio.sql
-- Pointing a row of one's own at a site, address, product or item of another client would show it, and keep its owner from
-- deleting it. Asked only when the column changes: what stands may stay.
create function private.recusar_vinculo_alheio() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_nova jsonb := to_jsonb(new);
  v_velha jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  v_coluna text;
begin
  if private.eh_servico() then
    return new;
  end if;
  foreach v_coluna in array tg_argv loop
    if v_nova ->> v_coluna is distinct from v_velha ->> v_coluna
       and private.codigo_alheio(v_coluna, (v_nova ->> v_coluna)::integer) then
      raise insufficient_privilege using message = format('%s %s is not yours to use', v_coluna, v_nova ->> v_coluna);
    end if;
  end loop;
  return new;
end
$$;
comment on function private.recusar_vinculo_alheio() is 'Refuses to point a row at rows of other clients.';
revoke all on function private.recusar_vinculo_alheio() from public;

create trigger "TbDestinatario_vinculo_alheio" before insert or update of "cdEndereco" on public."TbDestinatario"
  for each row execute function private.recusar_vinculo_alheio('cdEndereco');
create trigger "TbDispositivo_vinculo_alheio" before insert or update of "cdDestinatario", "cdProduto" on public."TbDispositivo"
  for each row execute function private.recusar_vinculo_alheio('cdDestinatario', 'cdProduto');
create trigger "TbSensor_vinculo_alheio" before insert or update of "cdProdutoItem" on public."TbSensor"
  for each row execute function private.recusar_vinculo_alheio('cdProdutoItem');
comment on trigger "TbDestinatario_vinculo_alheio" on public."TbDestinatario" is 'Addresses of other clients are out of reach.';
comment on trigger "TbDispositivo_vinculo_alheio" on public."TbDispositivo" is 'Sites and products of other clients are out of reach.';
comment on trigger "TbSensor_vinculo_alheio" on public."TbSensor" is 'Product items of other clients are out of reach.';

-- sql/70_triggers/06_cliente_pai.sql
-- Whose child a client is decides who sees it: only the service changes that.
create function private.recusar_troca_de_pai() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not private.eh_servico() then
    raise sqlstate 'PT403' using message = 'Only the service changes the parent of a client', hint = 'FORBIDDEN';
  end if;
  return new;
end
$$;
comment on function private.recusar_troca_de_pai() is 'Refuses to change the parent of a client.';
revoke all on function private.recusar_troca_de_pai() from public;

create trigger "TbCliente_pai" before update of "cdClientePai" on public."TbCliente"
  for each row when (new."cdClientePai" is distinct from old."cdClientePai")
  execute function private.recusar_troca_de_pai();
comment on trigger "TbCliente_pai" on public."TbCliente" is 'Only the service changes the parent of a client.';
