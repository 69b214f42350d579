-- That a device exists and is another client's is not disclosed. Inlined: no SET clause.
create function private.public_reason(p_error_code text) returns text
language sql immutable parallel safe as $$
  select case p_error_code when 'FORBIDDEN_DEVICE' then 'UNKNOWN_DEVICE' else p_error_code end
$$;
comment on function private.public_reason is 'The error code that everybody but the service is told.';
revoke all on function private.public_reason from public;
