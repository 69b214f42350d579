create function private.mark_changed_window() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo") values ('-infinity', new."cdDispositivo");
  return null;
end
$$;
comment on function private.mark_changed_window is 'Asks for the days of a device to be counted anew.';
revoke all on function private.mark_changed_window from public;
