-- Raises PT409 CONFLICT: a row of this table has history.
create function private.raise_history(p_table name) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise sqlstate 'PT409' using hint = 'CONFLICT',
    message = format('This row of %s has history and cannot be deleted', p_table),
    detail = 'Retire it instead: set cdStatus to encerrado, or leave the sensor unused.';
end
$$;
comment on function private.raise_history is 'Raises the error for a row that is not deleted.';
revoke all on function private.raise_history from public;
