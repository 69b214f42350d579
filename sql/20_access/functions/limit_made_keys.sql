-- A key never does more, nor lasts longer, than the key that made it does now, however that one is changed:
-- it ends with it, keeps only the clients and permissions that it has, and expires no later. Limits of calls
-- are not copied: the calls of a key count for the keys that made it (private.count_key_use). Stored, so that
-- nothing revives. An update of a key that made others in turn fires this again. Trigger function.
-- Security definer: runs as a trigger, whoever changes the key.
create function private.limit_made_keys() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    update public."TbApiKeys" k set "blAtiva" = false where k."cdApiKeyMae" = old."cdApiKey" and k."blAtiva";
    return null;
  end if;
  with made as (
    select k."cdApiKey" as code,
           least(k."dtExpiracao", new."dtExpiracao") as ends_at,
           array(select p from unnest(k."dsPermissoes") p
                 where p = any (new."dsPermissoes") or 'admin' = any (new."dsPermissoes")) as permissions,
           case when k."cdClientes" is null or new."cdClientes" is null
                then coalesce(k."cdClientes", new."cdClientes")
                else array(select c from unnest(k."cdClientes") c where c = any (new."cdClientes"))
           end as clients
    from public."TbApiKeys" k where k."cdApiKeyMae" = new."cdApiKey" and k."blAtiva"
  )
  update public."TbApiKeys" k
  set "blAtiva" = new."blAtiva" and m.permissions <> '{}' and coalesce(m.clients <> '{}', true),
      "dtExpiracao" = m.ends_at, "dsPermissoes" = m.permissions, "cdClientes" = m.clients
  from made m
  where k."cdApiKey" = m.code
    and (not new."blAtiva"
         or (k."dtExpiracao", k."dsPermissoes", k."cdClientes")
            is distinct from (m.ends_at, m.permissions, m.clients));
  return null;
end
$$;
comment on function private.limit_made_keys is 'Holds keys to what the key that made them may still do.';
revoke all on function private.limit_made_keys from public;
