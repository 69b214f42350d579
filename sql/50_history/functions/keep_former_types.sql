-- The history of a former owner names types by number only (TbDispositivoVinculo): they stay. Types of a
-- client never come there, as their sensors do not leave it.
-- Security definer: looks at former owners, whoever deletes. Trigger function.
-- Raises PT409 CONFLICT.
create function private.keep_former_types() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (
       select from public."TbDispositivoVinculo" v cross join jsonb_each(v."jsSensores") e
       where e.value ->> 0 = old.id::text) then
    raise sqlstate 'PT409' using message = 'The history of a client has values of this type',
      hint = 'CONFLICT', detail = 'Retire it: set cdStatus to encerrado.';
  end if;
  return old;
end
$$;
comment on function private.keep_former_types is
  'Refuses to delete a sensor type that the history of a former owner refers to.';
revoke all on function private.keep_former_types from public;
