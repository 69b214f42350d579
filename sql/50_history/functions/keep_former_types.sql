-- Types that the history of a former owner refers to stay (private.is_former_type).
-- Security definer: looks at former owners, whoever deletes. Trigger function.
-- Raises PT409 CONFLICT.
create function private.keep_former_types() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if private.is_former_type(old.id) then
    raise sqlstate 'PT409' using message = 'The history of a client has values of this type',
      hint = 'CONFLICT', detail = 'Retire it: set cdStatus to encerrado.';
  end if;
  return old;
end
$$;
comment on function private.keep_former_types is
  'Refuses to delete a sensor type that the history of a former owner refers to.';
revoke all on function private.keep_former_types from public;
