-- Has the caller looked up again. Called by functions that have waited for a change of the caller's rights.
create function private.forget_caller() returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rastro.chamador', '', true);
end
$$;
comment on function private.forget_caller is 'Forgets who calls, so that it is looked up again.';
revoke all on function private.forget_caller from public;
