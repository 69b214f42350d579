-- Pointing one's own row at a site, address, product or item of another client would show it, and keep its
-- owner from deleting it. Checked only when the column changes: existing references may stay. Runs for each
-- row, so it asks last whether the caller is the service: most references are the caller's own.
-- Security definer: looks at rows of clients that the caller may not see.
-- Raises 42501 (insufficient_privilege), which the REST APIs return as 403.
create function private.refuse_foreign_reference() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_new jsonb := to_jsonb(new);
  v_old jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  v_column text;
  v_managed integer[];
begin
  foreach v_column in array tg_argv loop
    continue when v_new ->> v_column is not distinct from v_old ->> v_column or v_new ->> v_column is null;
    if v_managed is null and v_column in ('cdDestinatario', 'cdProduto') then
      v_managed := private.managed_clients();
    end if;
    if private.is_foreign_reference(v_column, (v_new ->> v_column)::integer, v_managed)
       and not private.is_service() then
      raise insufficient_privilege using
        message = format('You may not use %s %s', v_column, v_new ->> v_column);
    end if;
  end loop;
  return new;
end
$$;
comment on function private.refuse_foreign_reference is 'Refuses references to rows of other clients.';
revoke all on function private.refuse_foreign_reference from public;
