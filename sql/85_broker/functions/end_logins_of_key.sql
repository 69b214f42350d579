-- A login that a key made ends when the key ends or is deleted, or may no longer send for the client that
-- owns the device; and it lasts no longer than the key. Trigger function.
-- Security definer: whoever changes a key may not write logins.
create function private.end_logins_of_key() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  with made as (
    select c."cdCredencial" as code,
           case when tg_op = 'UPDATE' and new."blAtiva" and new."dsPermissoes" && '{ingest,admin}'
                     and (new."cdClientes" is null or d."cdCliente" = any (new."cdClientes"))
                then new."dtExpiracao" else now() end as ends_at
    from public."TbDispositivoCredencial" c
    join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
    where c."cdApiKey" = old."cdApiKey"
  )
  update public."TbDispositivoCredencial" c set "dtExpiracao" = m.ends_at
  from made m
  where c."cdCredencial" = m.code and coalesce(c."dtExpiracao", 'infinity') > m.ends_at;
  return null;
end
$$;
comment on function private.end_logins_of_key is 'Ends the logins at the MQTT broker that a key made.';
revoke all on function private.end_logins_of_key from public;
