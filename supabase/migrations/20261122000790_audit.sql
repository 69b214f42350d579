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
-- Rows that were added or deleted: see private.write_audit_entries. Trigger function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.audit_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_rows jsonb[] := array(select to_jsonb(r) from changed_rows r);
begin
  if tg_op = 'INSERT' then
    perform private.write_audit_entries(tg_table_name, 'insert', null, v_rows);
  else
    perform private.write_audit_entries(tg_table_name, 'delete', v_rows, null);
  end if;
  return null;
end
$$;
comment on function private.audit_rows is 'Writes the audit log of rows that were added or deleted.';
revoke all on function private.audit_rows from public;
-- Rows that were changed: see private.write_audit_entries. PostgreSQL adds to both transition tables row by
-- row, so that both have the same order. Trigger function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.audit_updates() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.write_audit_entries(
    tg_table_name, 'update',
    array(select to_jsonb(o) from old_rows o), array(select to_jsonb(n) from new_rows n));
  return null;
end
$$;
comment on function private.audit_updates is 'Writes the audit log of rows that were changed.';
revoke all on function private.audit_updates from public;
-- The client a row belongs to, directly or through its device or product. Part of
-- private.write_audit_entries, which calls it for each row: so it keeps its plans.
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
-- One request changes as many rows as an import has, at most: what follows from each row (references, links,
-- the audit log) is work, and is locked, for as long as the request. Rows are counted one by one before they
-- are written: a count afterwards would come after all of the work. Fired for statements of people and keys,
-- not for what triggers and references change in consequence; see audit_tables. Trigger function.
-- Raises PT413 TOO_LARGE.
create function private.limit_rows() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  -- One for each event: a row that is added or else changed is counted once for both.
  v_counter text := 'rastro.linhas_' || lower(tg_op);
  v_rows integer;
begin
  if tg_level = 'STATEMENT' then
    perform set_config(v_counter, '0', true);
    return null;
  end if;
  v_rows := current_setting(v_counter)::integer + 1;
  if v_rows > 5000 then
    raise sqlstate 'PT413' using message = 'One request changes at most 5000 rows',
      hint = 'TOO_LARGE', detail = 'Nothing has been changed. Send several requests.';
  end if;
  perform set_config(v_counter, v_rows::text, true);
  return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function private.limit_rows is
  'Refuses statements of people and keys that change too many rows, at the first row too many.';
revoke all on function private.limit_rows from public;
-- What a deleted client did is for the service only, also if another client should ever get its code; that it
-- was deleted, for its parent. Codes that were deleted are not given again: the sequence is behind them.
-- Trigger function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.seal_audit_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_sequence text := pg_get_serial_sequence('public."TbCliente"', 'cdCliente');
  v_latest integer := (select max(r."cdCliente") from changed_rows r);
begin
  update public."TbAuditoria" a
  set "cdClienteApagado" = a."cdCliente",
      "cdCliente" = case when a."dsTabela" = 'TbCliente' and a."dsOperacao" = 'delete'
                         then (select r."cdClientePai" where r."cdClientePai" not in (
                                 select d."cdCliente" from changed_rows d)) end
  from changed_rows r
  where a."cdCliente" = r."cdCliente";
  if v_latest > coalesce(pg_sequence_last_value(v_sequence::regclass), 0) then
    perform setval(v_sequence, v_latest);
  end if;
  return null;
end
$$;
comment on function private.seal_audit_of_client is
  'Hides the audit log of deleted clients from whoever might get their codes.';
revoke all on function private.seal_audit_of_client from public;
-- Records who changed rows of what people manage, and each row before and after, without secrets and without
-- what is computed from other columns: a fence has thousands of points, and is there as text. A change
-- that moves a row to another client has an entry for each of them: before for the one, after for the other.
-- p_before, p_after  the rows of one statement in the same order; null where there are none
-- Part of private.audit_rows and private.audit_updates.
create function private.write_audit_entries(
  p_table text, p_operation text, p_before jsonb[], p_after jsonb[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_left_out constant text[] := array['dsHash', 'dsChave', 'geoCerca', 'geoPonto'];
  v_caller private.identity;
begin
  if cardinality(coalesce(p_before, p_after)) = 0 then
    return;
  end if;
  v_caller := private.current_caller();
  insert into public."TbAuditoria" (
    "dsTabela", "dsOperacao", "dsChamador", "dsRequisicao", "cdClientes", "cdCliente", "jsAntes", "jsDepois")
  select p_table, p_operation, v_caller."dsChamador",
         nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id',
         v_caller."cdClientes", e.client, e.before - v_left_out, e.after - v_left_out
  from unnest(p_before, p_after) r(before, after)
  cross join lateral (
    select c.client, c.new_client, coalesce(c.new_client <> coalesce(c.client, 0), false) as has_moved
    from (
      select private.client_of_row(p_table, coalesce(r.before, r.after)) as client,
             case when r.before is not null then private.client_of_row(p_table, r.after) end as new_client
      offset 0
    ) c
    offset 0
  ) o
  cross join lateral (
    select coalesce(o.client, v_caller."cdCliente"), r.before, r.after where not o.has_moved
    union all select o.client, r.before, null where o.has_moved
    union all select o.new_client, null, r.after where o.has_moved
  ) e(client, before, after);
end
$$;
comment on function private.write_audit_entries is
  'Writes the entries of the audit log for the rows of one statement.';
revoke all on function private.write_audit_entries from public;
-- end

-- from sql/95_audit/triggers
-- Of all triggers on TbCliente it fires last, as the entries of the others are sealed too: those of rows come
-- before those of statements, and these in order of names.
create trigger "TbCliente_selo" after delete on public."TbCliente" referencing old table as changed_rows
  for each statement execute function private.seal_audit_of_client();
comment on trigger "TbCliente_selo" on public."TbCliente" is 'Hides the audit log of deleted clients.';
-- end

-- from sql/95_audit/policies
-- Admins see the entries of their clients.
create policy ler on public."TbAuditoria" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- end

-- from sql/95_audit/actions
-- The triggers of the audit log for each table that has one. They are triggers of statements: row by row, the
-- audit log took most of the time of an import. PostgreSQL has transition tables for one event each, hence a
-- trigger each. Signing up writes no entry; addresses that the geocoding job stores are not changes made by
-- people.
do $$
declare
  v_one record;
begin
  for v_one in
    select t.name, e.event, e.rows, format('%s_%s', t.name, e.suffix) as trigger_name,
           case e.event when 'update' then 'audit_updates' else 'audit_rows' end as function_name,
           case when t.name = 'TbEndereco'
                then $c$when (session_user not in ('rastro_manutencao', 'rastro_manutencao_2'))$c$
                else '' end as condition
    from unnest(array[
      'TbApiKeys', 'TbCliente', 'TbClienteChave', 'TbDestinatario', 'TbDispositivo',
      'TbDispositivoCredencial', 'TbDispositivoLiberado', 'TbEndereco', 'TbGuardaLegal', 'TbImagens',
      'TbPoliticaRetencao', 'TbProduto', 'TbProdutoItem', 'TbProdutoItemJoinTable', 'TbSensor',
      'TbTipoSensor', 'profiles']) t(name)
    cross join (values
      ('insert', 'inseridos', 'new table as changed_rows'),
      ('update', 'mudados', 'old table as old_rows new table as new_rows'),
      ('delete', 'apagados', 'old table as changed_rows')
    ) e(event, suffix, rows)
    where (t.name, e.event) <> ('profiles', 'insert')
  loop
    execute format(
      'create trigger %I after %s on public.%I referencing %s for each statement %s '
      'execute function private.%I()',
      v_one.trigger_name, v_one.event, v_one.name, v_one.rows, v_one.condition, v_one.function_name);
    execute format('comment on trigger %I on public.%I is %L', v_one.trigger_name, v_one.name,
                   'Writes TbAuditoria.');
  end loop;
end
$$;
-- The triggers that bound the rows of one statement, for each table that people may write; a test finds those
-- that are missing here. One sets the counter to 0 when a statement begins, one counts its rows. The service
-- is not bounded: it converts and restores.
do $$
declare
  v_one record;
begin
  for v_one in
    select t.room, t.name, e.event, l.level, format('%s_%s_%s', t.name, e.suffix, l.suffix) as trigger_name
    from (
      select 'public' as room, n as name
      from unnest(array[
        'TbApiKeys', 'TbCliente', 'TbClienteChave', 'TbDestinatario', 'TbDispositivo',
        'TbDispositivoCredencial', 'TbDispositivoLiberado', 'TbEndereco', 'TbEstado', 'TbImagens',
        'TbMunicipio', 'TbPoliticaRetencao', 'TbProduto', 'TbProdutoItem', 'TbProdutoItemJoinTable',
        'TbSensor', 'TbTipoSensor', 'profiles']) n
      union all
      select 'inventario', n
      from unnest(array['armazem', 'inventario', 'leituras', 'prateleira', 'rua', 'sessao']) n
    ) t
    cross join (values ('insert', 'insercao'), ('update', 'mudanca'), ('delete', 'exclusao')) e(event, suffix)
    cross join (values ('statement', 'limite'), ('row', 'contagem')) l(level, suffix)
  loop
    execute format(
      'create trigger %I before %s on %I.%I for each %s '
      'when (pg_trigger_depth() = 0 and current_setting(''role'') in (''anon'', ''authenticated'')) '
      'execute function private.limit_rows()',
      v_one.trigger_name, v_one.event, v_one.room, v_one.name, v_one.level);
    execute format('comment on trigger %I on %I.%I is %L', v_one.trigger_name, v_one.room, v_one.name,
                   'Bounds the rows of one statement.');
  end loop;
end
$$;
-- end
