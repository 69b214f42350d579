-- Who changed what people manage.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/95_audit/tables
create table public."TbAuditoria" (
  "cdAuditoria" bigint generated always as identity primary key,
  "dtRegistro" timestamptz not null default clock_timestamp(),
  "dsTabela" text not null,
  "dsOperacao" text not null,
  "dsChamador" text,
  "dsRequisicao" text,
  "cdClientes" integer[],
  "cdCliente" integer,
  "jsAntes" jsonb,
  "jsDepois" jsonb,
  "cdClienteApagado" integer
);
create index "TbAuditoria_cdCliente_dtRegistro_idx" on public."TbAuditoria" ("cdCliente", "dtRegistro");
alter table public."TbAuditoria" enable row level security;
revoke all on public."TbAuditoria" from public, anon, authenticated;
grant select on public."TbAuditoria" to authenticated, service_role;
comment on table public."TbAuditoria" is
  'Audit log: who changed what people manage (clients, devices, sensors, sites, keys …), before and after.';
comment on column public."TbAuditoria"."dsRequisicao" is 'Request id, as in the log of the API.';
comment on column public."TbAuditoria"."cdClientes" is 'Clients that the caller acted for.';
comment on column public."TbAuditoria"."cdCliente" is
  'Client of the row, or of the caller where the row has none; its admins see the entry.';
comment on column public."TbAuditoria"."cdClienteApagado" is
  'The client of the row after that client was deleted; only the service sees the entry then.';
-- end

-- from sql/95_audit/functions
-- The client a row belongs to, directly or through its device or product. Part of
-- private.write_audit_entry, which calls it for each row: so it keeps its plans.
create function private.client_of_row(p_table text, p_row jsonb) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_table in ('TbSensor', 'TbDispositivoLiberado') then
    return (select d."cdCliente" from public."TbDispositivo" d
            where d."cdDispositivo" = (p_row ->> 'cdDispositivo')::integer);
  elsif p_table in ('TbImagens', 'TbProdutoItemJoinTable') then
    return (select p."cdCliente" from public."TbProduto" p
            where p."cdProduto" = (p_row ->> 'cdProduto')::integer);
  end if;
  return (p_row ->> 'cdCliente')::integer;
end
$$;
comment on function private.client_of_row is 'The client whose admins see the audit entries of a row.';
revoke all on function private.client_of_row from public;
-- What a deleted client did is for the service only, also if another client should ever get its code; that it
-- was deleted, for its parent. Codes that were deleted are not given again: the sequence is behind them.
-- Trigger function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.seal_audit_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_sequence text := pg_get_serial_sequence('public."TbCliente"', 'cdCliente');
begin
  update public."TbAuditoria" a
  set "cdClienteApagado" = a."cdCliente",
      "cdCliente" = case when a."dsTabela" = 'TbCliente' and a."dsOperacao" = 'delete'
                         then old."cdClientePai" end
  where a."cdCliente" = old."cdCliente";
  if old."cdCliente" > coalesce(pg_sequence_last_value(v_sequence::regclass), 0) then
    perform setval(v_sequence, old."cdCliente");
  end if;
  return null;
end
$$;
comment on function private.seal_audit_of_client is
  'Hides the audit log of a deleted client from whoever might get its code.';
revoke all on function private.seal_audit_of_client from public;
-- Records who changed a row of what people manage, and the row before and after, without secrets. A change
-- that moves the row to another client has an entry for each of them: before for the one, after for the
-- other. Trigger function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.write_audit_entry() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
  v_secrets text[] := array['dsHash', 'dsChave'];
  v_before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - v_secrets end;
  v_after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - v_secrets end;
  v_owner integer := private.client_of_row(tg_table_name, coalesce(v_before, v_after));
  v_new_owner integer := case
    when tg_op = 'UPDATE' and (v_after ->> 'cdCliente', v_after ->> 'cdDispositivo', v_after ->> 'cdProduto')
           is distinct from (v_before ->> 'cdCliente', v_before ->> 'cdDispositivo', v_before ->> 'cdProduto')
      then private.client_of_row(tg_table_name, v_after) end;
  v_has_moved boolean := v_new_owner is not null and v_new_owner is distinct from v_owner;
begin
  insert into public."TbAuditoria" (
    "dsTabela", "dsOperacao", "dsChamador", "dsRequisicao", "cdClientes", "cdCliente", "jsAntes", "jsDepois")
  select tg_table_name, lower(tg_op), v_caller."dsChamador",
         nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id',
         v_caller."cdClientes", e.client, e.before, e.after
  from (
    select coalesce(v_owner, v_caller."cdCliente"), v_before, v_after where not v_has_moved
    union all select v_owner, v_before, null where v_has_moved
    union all select v_new_owner, null, v_after where v_has_moved
  ) e(client, before, after);
  return null;
end
$$;
comment on function private.write_audit_entry is 'Writes one entry of the audit log.';
revoke all on function private.write_audit_entry from public;
-- end

-- from sql/95_audit/triggers
create trigger "TbApiKeys_auditoria" after insert or update or delete on public."TbApiKeys"
  for each row execute function private.write_audit_entry();
comment on trigger "TbApiKeys_auditoria" on public."TbApiKeys" is 'Writes TbAuditoria.';
create trigger "TbClienteChave_auditoria" after insert or update or delete on public."TbClienteChave"
  for each row execute function private.write_audit_entry();
comment on trigger "TbClienteChave_auditoria" on public."TbClienteChave" is 'Writes TbAuditoria.';
create trigger "TbCliente_auditoria" after insert or update or delete on public."TbCliente"
  for each row execute function private.write_audit_entry();
comment on trigger "TbCliente_auditoria" on public."TbCliente" is 'Writes TbAuditoria.';
-- Of all triggers on TbCliente it fires last, as the entries of the others are sealed too: in order of names.
create trigger "TbCliente_selo" after delete on public."TbCliente"
  for each row execute function private.seal_audit_of_client();
comment on trigger "TbCliente_selo" on public."TbCliente" is 'Hides the audit log of a deleted client.';
create trigger "TbDestinatario_auditoria" after insert or update or delete on public."TbDestinatario"
  for each row execute function private.write_audit_entry();
comment on trigger "TbDestinatario_auditoria" on public."TbDestinatario" is 'Writes TbAuditoria.';
create trigger "TbDispositivoCredencial_auditoria" after insert or update or delete
  on public."TbDispositivoCredencial"
  for each row execute function private.write_audit_entry();
comment on trigger "TbDispositivoCredencial_auditoria" on public."TbDispositivoCredencial" is
  'Writes TbAuditoria.';
create trigger "TbDispositivoLiberado_auditoria" after insert or update or delete
  on public."TbDispositivoLiberado"
  for each row execute function private.write_audit_entry();
comment on trigger "TbDispositivoLiberado_auditoria" on public."TbDispositivoLiberado" is
  'Writes TbAuditoria.';
create trigger "TbDispositivo_auditoria" after insert or update or delete on public."TbDispositivo"
  for each row execute function private.write_audit_entry();
comment on trigger "TbDispositivo_auditoria" on public."TbDispositivo" is 'Writes TbAuditoria.';
-- Addresses that the geocoding job stores are not changes made by people.
create trigger "TbEndereco_auditoria" after insert or update or delete on public."TbEndereco"
  for each row when (session_user not in ('rastro_manutencao', 'rastro_manutencao_2'))
  execute function private.write_audit_entry();
comment on trigger "TbEndereco_auditoria" on public."TbEndereco" is 'Writes TbAuditoria.';
create trigger "TbImagens_auditoria" after insert or update or delete on public."TbImagens"
  for each row execute function private.write_audit_entry();
comment on trigger "TbImagens_auditoria" on public."TbImagens" is 'Writes TbAuditoria.';
create trigger "TbProdutoItemJoinTable_auditoria" after insert or update or delete
  on public."TbProdutoItemJoinTable"
  for each row execute function private.write_audit_entry();
comment on trigger "TbProdutoItemJoinTable_auditoria" on public."TbProdutoItemJoinTable" is
  'Writes TbAuditoria.';
create trigger "TbProdutoItem_auditoria" after insert or update or delete on public."TbProdutoItem"
  for each row execute function private.write_audit_entry();
comment on trigger "TbProdutoItem_auditoria" on public."TbProdutoItem" is 'Writes TbAuditoria.';
create trigger "TbProduto_auditoria" after insert or update or delete on public."TbProduto"
  for each row execute function private.write_audit_entry();
comment on trigger "TbProduto_auditoria" on public."TbProduto" is 'Writes TbAuditoria.';
create trigger "TbSensor_auditoria" after insert or update or delete on public."TbSensor"
  for each row execute function private.write_audit_entry();
comment on trigger "TbSensor_auditoria" on public."TbSensor" is 'Writes TbAuditoria.';
create trigger "TbTipoSensor_auditoria" after insert or update or delete on public."TbTipoSensor"
  for each row execute function private.write_audit_entry();
comment on trigger "TbTipoSensor_auditoria" on public."TbTipoSensor" is 'Writes TbAuditoria.';
create trigger profiles_auditoria after update or delete on public.profiles
  for each row execute function private.write_audit_entry();
comment on trigger profiles_auditoria on public.profiles is 'Writes TbAuditoria.';
-- end

-- from sql/95_audit/policies
-- Admins see the entries of their clients.
create policy ler on public."TbAuditoria" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- end
