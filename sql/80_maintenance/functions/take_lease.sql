-- Only the holder of the lease runs maintenance, and renews it before every step. The row stays locked while
-- a step runs, so that nobody can take over from a process whose lease has expired but which is still at
-- work. Part of private.run_step.
create function private.take_lease(p_holder text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from private."TbManutencaoConcessao" c
  where c."dsQuem" = p_holder or c."dtExpira" < clock_timestamp()
  for update skip locked;
  if not found then
    return false;
  end if;
  update private."TbManutencaoConcessao"
  set "dsQuem" = p_holder, "dtExpira" = clock_timestamp() + interval '2 minutes';
  return true;
end
$$;
comment on function private.take_lease is
  'Takes or renews the maintenance lease; false when another process has it.';
revoke all on function private.take_lease from public;
