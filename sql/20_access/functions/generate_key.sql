-- 256 random bits. gen_random_uuid draws from the system's strong source; hashing two of them evens out their
-- fixed bits.
create function private.generate_key() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select 'rastro_' || rtrim(translate(
    encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid(), 'UTF8')), 'base64'),
    '+/', '-_'), '=')
$$;
comment on function private.generate_key is 'The text of a new key.';
revoke all on function private.generate_key from public;
