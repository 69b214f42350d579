-- A key, the key that made it, and so on. Called by the functions that manage keys.
create function private.key_lineage(p_key_id uuid) returns setof public."TbApiKeys"
language sql stable set search_path = pg_catalog, pg_temp as $$
  with recursive lineage as (
    select k.* from public."TbApiKeys" k where k."cdApiKey" = p_key_id
    union
    select m.* from lineage l join public."TbApiKeys" m on m."cdApiKey" = l."cdApiKeyMae"
  )
  select l.* from lineage l
$$;
comment on function private.key_lineage is 'A key and those that it descends from.';
revoke all on function private.key_lineage from public;
