-- The end of a range that includes a time, for ranges whose end is excluded. Time that cannot be later stays.
-- Inlined: no SET clause. Who may call it: every API role.
create function private.after(p_time timestamp) returns timestamp
language sql immutable parallel safe as $$
  select case when p_time >= timestamp '294276-12-31 23:59:59.999999' then 'infinity'
              else p_time + interval '1 microsecond' end
$$;
comment on function private.after is 'The end, excluded, of a range that includes a time.';
revoke all on function private.after from public;
grant execute on function private.after to authenticated, service_role;
