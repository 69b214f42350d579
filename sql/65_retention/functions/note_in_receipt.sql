-- Adds a number of rows to the receipt of a person. A table of which rows are deleted as well as changed has
-- one entry for both, as what is deleted.
create function private.note_in_receipt(
  p_receipt uuid, p_table text, p_operation text, p_rows bigint) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update public."TbReciboExclusao" e
  set "jsLinhas" = e."jsLinhas" || jsonb_build_object(p_table, jsonb_build_object(
        'nrLinhas', coalesce((e."jsLinhas" #>> array[p_table, 'nrLinhas'])::bigint, 0) + p_rows,
        'dsOperacao', coalesce(e."jsLinhas" #>> array[p_table, 'dsOperacao'], p_operation)))
  where e."cdExclusao" = p_receipt and p_rows > 0
$$;
comment on function private.note_in_receipt is 'Adds a number of rows to the receipt of a person.';
revoke all on function private.note_in_receipt from public;
