-- After the measuring window of a device was edited, its days must be counted again: an entry with the hour
-- -infinity asks private.recount_changed_windows to do so. Trigger function.
-- Security definer: nobody has rights on TbRollupPendente, whoever writes.
create function private.mark_changed_window() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo")
  values ('-infinity', new."cdDispositivo");
  return null;
end
$$;
comment on function private.mark_changed_window is 'Requests that the days of a device are counted again.';
revoke all on function private.mark_changed_window from public;
