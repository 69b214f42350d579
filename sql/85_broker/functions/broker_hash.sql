-- The format of Mosquitto's password file. The secret has 256 random bits, so hashing it slowly would gain
-- nothing.
create function private.broker_hash(p_secret text, p_salt bytea) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '$6$' || encode(p_salt, 'base64') || '$'
         || translate(encode(sha512(convert_to(p_secret, 'UTF8') || p_salt), 'base64'), E'\n', '')
$$;
comment on function private.broker_hash is 'Salted SHA-512 of a secret, in the format of Mosquitto.';
revoke all on function private.broker_hash from public;
