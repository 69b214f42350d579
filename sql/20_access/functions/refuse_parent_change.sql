-- Whose child a client is decides who sees it: only the service changes that.
create function private.refuse_parent_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not private.is_service() then
    raise sqlstate 'PT403' using message = 'Only the service changes the parent of a client', hint = 'FORBIDDEN';
  end if;
  return new;
end
$$;
comment on function private.refuse_parent_change is 'Refuses to change the parent of a client.';
revoke all on function private.refuse_parent_change from public;
