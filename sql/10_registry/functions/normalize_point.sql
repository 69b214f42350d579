-- Programs write the same letter in one character or in two (é, or e and an accent): stored is the shorter
-- form, whichever way a name comes, so that nobody has two points that look the same.
create function private.normalize_point() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new."dsPonto" := normalize(new."dsPonto", nfc);
  return new;
end
$$;
comment on function private.normalize_point is 'Trigger: stores the name of a point in normal form C.';
revoke all on function private.normalize_point from public;
