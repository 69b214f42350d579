-- The only place that knows the order of the fields; call it in named notation. Without SET clause, to be
-- inlined.
-- Who may call it: every API role, as functions that run as their caller use it.
create function private.make_history_target(p_device integer, p_starts time, p_ends time)
returns private.history_target
language sql immutable parallel safe as $$
  select row(p_device, p_starts, p_ends)::private.history_target
$$;
comment on function private.make_history_target is
  'A device whose history is requested, with its measuring window; nulls for the whole day.';
revoke all on function private.make_history_target from public;
grant execute on function private.make_history_target to authenticated, service_role;
