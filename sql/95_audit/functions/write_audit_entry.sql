-- Records who changed a row of what people manage, and the row before and after, without secrets. Trigger
-- function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.write_audit_entry() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
  v_secrets text[] := array['dsHash', 'dsChave'];
  v_before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - v_secrets end;
  v_after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - v_secrets end;
begin
  insert into public."TbAuditoria" (
    "dsTabela", "dsOperacao", "dsChamador", "dsRequisicao", "cdClientes", "cdCliente", "jsAntes", "jsDepois")
  values (tg_table_name, lower(tg_op), v_caller."dsChamador",
          nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id',
          v_caller."cdClientes",
          coalesce(private.client_of_row(tg_table_name, coalesce(v_before, v_after)), v_caller."cdCliente"),
          v_before, v_after);
  return null;
end
$$;
comment on function private.write_audit_entry is 'Writes one entry of the audit log.';
revoke all on function private.write_audit_entry from public;
