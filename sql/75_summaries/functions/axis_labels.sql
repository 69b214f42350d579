-- All labels of an axis, in order; of days only those that have data.
-- Who may call it: every API role, as the summaries run as their caller.
create function private.axis_labels(p_type text, p_days text[]) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case p_type
    when 'hourly' then array(select lpad(h::text, 2, '0') from generate_series(0, 23) h)
    when 'daily' then array(select distinct d from unnest(p_days) d order by d)
    else array['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
  end
$$;
comment on function private.axis_labels is 'The labels of the axis of a chart, in order.';
revoke all on function private.axis_labels from public;
grant execute on function private.axis_labels to authenticated, service_role;
