-- Why PostgreSQL refuses a row, in words: PT400 or PT409 for a constraint, which its comment or its columns tell, PT403 for a policy.
create function private.refuse_write(p_kind private.entity_kind, p_data jsonb, p_state text, p_constraint text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_text text := (
    select coalesce(obj_description(c.oid, 'pg_constraint'), format(
      case c.contype when 'f' then '%s: there is none such' when 'c' then '%s: out of range' else '%s: there is one already' end,
      (select string_agg(a.attname, ', ' order by a.attnum) from pg_catalog.pg_attribute a
       where a.attrelid = c.conrelid and a.attnum = any (c.conkey))))
    from pg_catalog.pg_constraint c
    where c.conrelid = format('public.%I', p_kind.table_name)::regclass and c.conname = p_constraint);
begin
  if p_state = '42501' then
    raise sqlstate 'PT403' using message = 'It would be of a client, or point to a row, that the caller does not manage', hint = 'FORBIDDEN',
      detail = nullif((select string_agg(k, ', ' order by k) from jsonb_object_keys(p_data) k where k ~ '^cd[A-Z]' and k <> 'cdStatus'), '');
  elsif p_state in ('23502', '23514') then
    raise sqlstate 'PT400' using message = coalesce(v_text, 'A value is missing'), hint = 'INVALID_PARAMETER';
  end if;
  raise sqlstate 'PT409' using message = coalesce(v_text, 'This contradicts what is stored'), hint = 'CONFLICT';
end
$$;
comment on function private.refuse_write is 'Says in words why a row is refused.';
revoke all on function private.refuse_write from public;
grant execute on function private.refuse_write to authenticated, service_role;
