-- Maintenance step: unpacks chunks that were not looked at for a week, see private.verify_packs_before.
create function private.verify_packs() returns integer
language sql set search_path = pg_catalog, pg_temp as $$
  select private.verify_packs_before(now() - interval '7 days')
$$;
comment on function private.verify_packs is
  'Maintenance step: compares packed history with its checksums and marks what is damaged.';
revoke all on function private.verify_packs from public;
