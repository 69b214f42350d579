-- How a receipt keeps whom it is about: nobody learns from it who that was, as ids are random, and whoever
-- knows the id can tell that it was this person.
create function private.opaque_person(p_receipt uuid, p_person uuid) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(p_receipt || ':' || p_person, 'UTF8')), 'hex')
$$;
comment on function private.opaque_person is
  'SHA-256 of the code of a receipt, a colon and the id of a person.';
revoke all on function private.opaque_person from public;
