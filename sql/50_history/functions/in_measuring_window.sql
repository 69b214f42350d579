-- A measuring window includes both ends and may cross midnight; a device without one measures all day.
-- Without SET clause, to be inlined. Who may call it: every API role, as views and functions that run as
-- their caller use it.
create function private.in_measuring_window(p_time_of_day time, p_start time, p_end time) returns boolean
language sql immutable parallel safe as $$
  select case
    when p_start is null or p_end is null then true
    when p_start <= p_end then p_time_of_day between p_start and p_end
    else p_time_of_day >= p_start or p_time_of_day <= p_end
  end
$$;
comment on function private.in_measuring_window is 'Whether a time of day lies in a measuring window.';
revoke all on function private.in_measuring_window from public;
grant execute on function private.in_measuring_window to authenticated, service_role;
