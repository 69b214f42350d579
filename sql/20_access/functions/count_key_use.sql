-- Counts one call of a key and refuses what exceeds its limits. A call counts for the keys that made it, too,
-- where they have a limit: keys that were made before it was set do not get round it. A call that is refused
-- or fails takes its count back. Calls in progress at the same moment do not see each other: at most one per
-- connection slips through. Nothing can be counted in a read-only transaction (a GET of the Data API); it is
-- refused where one more call would be too many.
-- Raises PT429 RATE_LIMITED, QUOTA_EXCEEDED; detail: seconds to wait.
create function private.count_key_use(p_hash text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys";
  v_slice smallint := pg_backend_pid() % 64;
  v_counted integer; -- 1 for a key with a limit; of the others only the last use is recorded
begin
  select k.* into v_key from public."TbApiKeys" k where k."dsHash" = p_hash;
  loop
    v_counted := (num_nonnulls(v_key."nrLimiteMinuto", v_key."nrCotaDiaria") > 0)::integer;
    if v_counted = 1
       or v_key."dsHash" = p_hash
          and not exists (select from public."TbUsoApiKey" u
                          where u."cdApiKey" = v_key."cdApiKey" and u."nrFatia" = v_slice
                            and u."dtUltimoUso" > now() - interval '1 minute') then
      perform private.store_key_use(v_key."cdApiKey", v_slice, v_counted);
      perform private.require_key_quota(v_key, (current_setting('transaction_read_only') = 'on')::integer);
    end if;
    exit when v_key."cdApiKeyMae" is null;
    select k.* into v_key from public."TbApiKeys" k where k."cdApiKey" = v_key."cdApiKeyMae";
    exit when not found;
  end loop;
end
$$;
comment on function private.count_key_use is 'Counts a call of an API key and enforces its limits.';
revoke all on function private.count_key_use from public;
