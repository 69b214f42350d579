-- 64 characters that hold for this identity, backend, transaction, role and these claims only; null without a
-- secret, so that nothing is believed then. The claims come with their length, so that no part of them can be
-- taken for the identity. Hashed twice, with the secret first, as HMAC does: a hash of secret and text could
-- be continued by whoever reads it. Inlined: no SET clause. Part of private.current_caller.
create function private.sign_caller(p_secret uuid, p_caller text) returns text
language sql stable as $$
  select pg_catalog.encode(pg_catalog.sha256(pg_catalog.uuid_send(p_secret) || pg_catalog.sha256(
    pg_catalog.uuid_send(p_secret) || pg_catalog.convert_to(pg_catalog.concat(
      pg_catalog.pg_backend_pid(), '|', extract(epoch from pg_catalog.now()), '|',
      pg_catalog.current_setting('role'), '|', session_user, '|',
      pg_catalog.length(pg_catalog.current_setting('request.jwt.claims', true)), '|',
      pg_catalog.current_setting('request.jwt.claims', true), '|', p_caller), 'UTF8'))), 'hex')
$$;
comment on function private.sign_caller is 'Signature of who calls, for this transaction.';
revoke all on function private.sign_caller from public;
