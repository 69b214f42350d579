-- p_uncounted: calls of this transaction that could not be counted.
-- Raises PT429 RATE_LIMITED, QUOTA_EXCEEDED; detail: seconds to wait.
create function private.require_key_quota(p_key public."TbApiKeys", p_uncounted integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_minute timestamptz := date_trunc('minute', now());
  v_day timestamp := date_trunc('day', now() at time zone 'UTC');
  v_use record;
begin
  select sum(u."nrMinuto") filter (where u."dtMinuto" = v_minute) as minute,
         sum(u."nrDia") filter (where u."dtDia" = v_day::date) as day
  into v_use from public."TbUsoApiKey" u where u."cdApiKey" = p_key."cdApiKey";
  if v_use.minute + p_uncounted > p_key."nrLimiteMinuto" then
    raise sqlstate 'PT429' using hint = 'RATE_LIMITED',
      message = format('This key may make %s calls a minute', p_key."nrLimiteMinuto"),
      detail = ceil(extract(epoch from v_minute + interval '1 minute' - now()))::text;
  end if;
  if v_use.day + p_uncounted > p_key."nrCotaDiaria" then
    raise sqlstate 'PT429' using hint = 'QUOTA_EXCEEDED',
      message = format('This key may make %s calls a day (UTC)', p_key."nrCotaDiaria"),
      detail = ceil(extract(epoch from v_day + interval '1 day' - (now() at time zone 'UTC')))::text;
  end if;
end
$$;
comment on function private.require_key_quota is 'Refuses a key that has exceeded one of its limits.';
revoke all on function private.require_key_quota from public;
