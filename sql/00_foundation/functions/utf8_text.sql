-- Quarantined payloads are any bytes; JSON holds text only. Called by
-- private.describe_error.
create function private.utf8_text(p_bytes bytea) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return convert_from(p_bytes, 'UTF8');
exception
  when character_not_in_repertoire or untranslatable_character then
    return null;
end
$$;
comment on function private.utf8_text is 'The text of these bytes; null when they are not UTF-8.';
revoke all on function private.utf8_text from public;
