-- One of p_most slots of p_holder until the transaction ends, or false if none is free. p_class: whose slots
-- these are, the first of a thousand numbers. Part of private.take_share.
create function private.take_slot(p_class integer, p_holder integer, p_most integer) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  for v_slot in 1 .. p_most loop
    if pg_try_advisory_xact_lock(p_class + v_slot, p_holder) then
      return true;
    end if;
  end loop;
  return false;
end
$$;
comment on function private.take_slot is 'Takes a slot until the transaction ends, if one is free.';
revoke all on function private.take_slot from public;
