-- A whole hour after which a history has no more positions than are to be left out before a page, and few
-- less: what is newer need not be read, as it can be counted. The hour is looked for where it would be if
-- positions came evenly, and every third time in the middle. p_until plus a little: nothing can be left out.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.skip_history(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp, p_skip bigint) returns timestamp
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_now timestamp := now() at time zone 'UTC';
  v_near bigint := greatest(1000, p_skip / 20); -- positions that may remain to be left out one by one
  v_old timestamp := greatest(p_since, v_now - interval '10 years');
  v_new timestamp := greatest(least(p_until, v_now), v_old);
  v_after_old bigint := private.count_history(p_targets, p_client, v_old, p_until);
  v_after_new bigint := private.count_history(p_targets, p_client, v_new, p_until);
  v_time timestamp;
  v_count bigint;
begin
  if v_after_new > p_skip then
    return case when p_until < '10000-01-01' then p_until + interval '1 microsecond' else 'infinity' end;
  elsif v_after_old <= p_skip then
    return v_old;
  end if;
  for n in 1..20 loop
    exit when p_skip - v_after_new <= v_near or v_new - v_old <= interval '1 hour';
    v_time := date_trunc('hour', v_new - (v_new - v_old) * case when n % 3 = 0 then 0.5
      else greatest(p_skip - v_after_new - v_near / 2, 1)::float8 / (v_after_old - v_after_new) end);
    v_time := greatest(v_time, date_trunc('hour', v_old) + interval '1 hour');
    v_count := private.count_history(p_targets, p_client, v_time, p_until);
    if v_count <= p_skip then
      v_new := v_time;
      v_after_new := v_count;
    else
      v_old := v_time;
      v_after_old := v_count;
    end if;
  end loop;
  return v_new;
end
$$;
comment on function private.skip_history is 'From when on positions can be left out of a page by counting.';
revoke all on function private.skip_history from public;
grant execute on function private.skip_history to authenticated, service_role;
