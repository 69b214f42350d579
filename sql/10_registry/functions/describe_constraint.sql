-- A constraint in words: its comment, or else its columns and what is wrong with them. Null when the table
-- has no such constraint.
-- Who may call it: the API roles, for private.refuse_write.
create function private.describe_constraint(p_kind private.entity_kind, p_constraint text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    obj_description(c.oid, 'pg_constraint'),
    format(
      case c.contype
        when 'f' then '%s: does not exist'
        when 'c' then '%s: out of range'
        else '%s: already exists'
      end,
      (select string_agg(a.attname, ', ' order by a.attnum)
       from pg_catalog.pg_attribute a
       where a.attrelid = c.conrelid and a.attnum = any (c.conkey))))
  from pg_catalog.pg_constraint c
  where c.conrelid = format('public.%I', p_kind.table_name)::regclass and c.conname = p_constraint
$$;
comment on function private.describe_constraint is
  'What a row that violates this constraint does wrong, in words.';
revoke all on function private.describe_constraint from public;
grant execute on function private.describe_constraint to authenticated, service_role;
