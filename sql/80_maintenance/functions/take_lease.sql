-- The lease, for p_holder, until shortly after now. Whoever works holds the row locked as well, so that one who was thought
-- to be gone and is not cannot be joined by another.
create function private.take_lease(p_holder text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from private."TbManutencaoConcessao" c
  where c."dsQuem" = p_holder or c."dtExpira" < clock_timestamp()
  for update skip locked;
  if not found then
    return false;
  end if;
  update private."TbManutencaoConcessao" set "dsQuem" = p_holder, "dtExpira" = clock_timestamp() + interval '2 minutes';
  return true;
end
$$;
comment on function private.take_lease is 'Takes or renews the lease of the upkeep; false when another has it.';
revoke all on function private.take_lease from public;
