-- The key that calls, as it is now; all null where a person or the service calls. Called by the functions
-- that make and change keys and logins.
create function private.calling_key(p_caller private.identity) returns public."TbApiKeys"
language sql stable set search_path = pg_catalog, pg_temp as $$
  select k.* from public."TbApiKeys" k
  where p_caller."dsTipo" = 'key' and k."dsHash" = substring(p_caller."dsChamador" from 5)
$$;
comment on function private.calling_key is 'The key that calls, if it is one.';
revoke all on function private.calling_key from public;
