-- The only place that knows the order of the fields; call it in named notation. Without SET clause, to be
-- inlined.
-- Who may call it: every API role, as functions that run as their caller use it.
create function private.make_data_range(p_code integer, p_client integer, p_since timestamp,
  p_until timestamp) returns private.data_range
language sql immutable parallel safe as $$
  select row(p_code, p_client, p_since, p_until)::private.data_range
$$;
comment on function private.make_data_range is
  'A time range of a sensor or device, end excluded; of one client, or of all when p_client is null.';
revoke all on function private.make_data_range from public;
grant execute on function private.make_data_range to authenticated, service_role;
