-- p_calls  1 for a key with a limit, otherwise 0
-- Part of private.count_key_use.
create function private.store_key_use(p_key_id uuid, p_slice smallint, p_calls integer) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('transaction_read_only') = 'on' then
    return;
  end if;
  insert into public."TbUsoApiKey" as u (
    "cdApiKey", "nrFatia", "dtUltimoUso", "dtMinuto", "nrMinuto", "dtDia", "nrDia")
  values (p_key_id, p_slice, now(), date_trunc('minute', now()), p_calls,
          (now() at time zone 'UTC')::date, p_calls)
  on conflict ("cdApiKey", "nrFatia") do update set
    "dtUltimoUso" = excluded."dtUltimoUso",
    "dtMinuto" = excluded."dtMinuto",
    "nrMinuto" = p_calls + case when u."dtMinuto" = excluded."dtMinuto" then u."nrMinuto" else 0 end,
    "dtDia" = excluded."dtDia",
    "nrDia" = p_calls + case when u."dtDia" = excluded."dtDia" then u."nrDia" else 0 end;
end
$$;
comment on function private.store_key_use is 'Records the use of an API key and counts a call.';
revoke all on function private.store_key_use from public;
