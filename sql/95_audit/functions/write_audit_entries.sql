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
