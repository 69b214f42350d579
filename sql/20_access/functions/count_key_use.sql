-- Counts one call of a key and refuses what exceeds its limits. A call that is refused or fails takes its
-- count back. Calls in progress at the same moment do not see each other: at most one per connection slips
-- through. Nothing can be counted in a read-only transaction (a GET of the Data API); it is refused where one
-- more call would be too many.
-- Raises PT429 RATE_LIMITED, QUOTA_EXCEEDED; detail: seconds to wait.
create function private.count_key_use(p_hash text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys";
  v_slice smallint := pg_backend_pid() % 64;
  v_counted integer; -- 1 for a key with a limit; of the others only the last use is recorded
begin
  select k.* into v_key from public."TbApiKeys" k where k."dsHash" = p_hash;
  v_counted := (num_nonnulls(v_key."nrLimiteMinuto", v_key."nrCotaDiaria") > 0)::integer;
  if v_counted = 0
     and exists (select from public."TbUsoApiKey" u
                 where u."cdApiKey" = v_key."cdApiKey" and u."nrFatia" = v_slice
                   and u."dtUltimoUso" > now() - interval '1 minute') then
    return;
  end if;
  if current_setting('transaction_read_only') = 'off' then
    insert into public."TbUsoApiKey" as u (
      "cdApiKey", "nrFatia", "dtUltimoUso", "dtMinuto", "nrMinuto", "dtDia", "nrDia")
    values (v_key."cdApiKey", v_slice, now(), date_trunc('minute', now()), v_counted,
            (now() at time zone 'UTC')::date, v_counted)
    on conflict ("cdApiKey", "nrFatia") do update set
      "dtUltimoUso" = excluded."dtUltimoUso",
      "dtMinuto" = excluded."dtMinuto",
      "nrMinuto" = v_counted + case when u."dtMinuto" = excluded."dtMinuto" then u."nrMinuto" else 0 end,
      "dtDia" = excluded."dtDia",
      "nrDia" = v_counted + case when u."dtDia" = excluded."dtDia" then u."nrDia" else 0 end;
  end if;
  perform private.require_key_quota(v_key, (current_setting('transaction_read_only') = 'on')::integer);
end
$$;
comment on function private.count_key_use is 'Counts a call of an API key and enforces its limits.';
revoke all on function private.count_key_use from public;
