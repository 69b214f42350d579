-- The one place where a message is built, always called with named arguments. Inlined: no SET clause.
create function private.make_device_message(
  p_batch_index integer, p_kind text, p_device integer, p_client integer, p_device_time timestamp, p_key text,
  p_ok boolean, p_payload jsonb, p_verdict text, p_error_code text, p_error_text text
) returns private.device_message
language sql immutable parallel safe as $$
  select row(p_batch_index, p_kind, p_device, p_client, p_device_time, p_key,
             p_ok, p_payload, p_verdict, p_error_code, p_error_text)::private.device_message
$$;
comment on function private.make_device_message is 'A message of these fields.';
revoke all on function private.make_device_message from public;
