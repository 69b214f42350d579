-- Whose rows each of these callers (user:<uuid>, key:<sha256>) may read: none where it is unknown or lost the
-- permission. Called by private.follow_positions.
create function private.clients_of_callers(p_callers text[]) returns table (caller text, clients integer[])
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c.caller,
         case when 'read' = any ((i.identity)."dsPermissoes") then (i.identity)."cdClientes" else '{}' end
  from unnest(p_callers) c(caller)
  cross join lateral (
    select case split_part(c.caller, ':', 1)
             when 'user' then private.user_identity(substring(c.caller from 6))
             when 'key' then private.key_identity(substring(c.caller from 5)) end as identity
    offset 0
  ) i
$$;
comment on function private.clients_of_callers is 'The clients whose rows these callers may read.';
revoke all on function private.clients_of_callers from public;
