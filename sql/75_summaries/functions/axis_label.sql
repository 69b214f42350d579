-- The axes of charts: hourly, daily, by_day_of_week. Without SET clause, to be inlined.
-- Who may call it: every API role, as the summaries run as their caller.
create function private.axis_label(p_type text, p_local timestamp) returns text
language sql stable parallel safe as $$
  select case p_type
    when 'hourly' then to_char(p_local, 'HH24')
    when 'daily' then to_char(p_local, 'YYYY-MM-DD')
    else (array['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'])[
      extract(dow from p_local)::integer + 1]
  end
$$;
comment on function private.axis_label is 'The label of a local time on the axis of a chart.';
revoke all on function private.axis_label from public;
grant execute on function private.axis_label to authenticated, service_role;
