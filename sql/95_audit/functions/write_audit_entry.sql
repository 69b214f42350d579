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
