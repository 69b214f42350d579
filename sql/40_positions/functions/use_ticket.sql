-- Who opens a stream with this ticket (SHA-256, hex), which is used up by it; null where it was used before,
-- has expired, or was never issued.
-- Security definer: the application's login has no rights on tables. Who may call it: that login.
create function private.use_ticket(p_hash text) returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with used as (
    delete from private."TbBilhete" b where b."dsHash" = p_hash returning b."dsChamador", b."dtExpiracao"
  )
  select u."dsChamador" from used u where u."dtExpiracao" > now()
$$;
comment on function private.use_ticket is 'The caller whose ticket this is; it is valid once.';
revoke all on function private.use_ticket from public;
grant execute on function private.use_ticket to rastro_api, rastro_api_2;
