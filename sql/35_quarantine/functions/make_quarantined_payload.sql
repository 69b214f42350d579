-- The one place where a quarantined payload is built, always called with named arguments; what a sender may
-- make as long as it likes is cut here. Inlined: no SET clause.
create function private.make_quarantined_payload(
  p_client integer, p_device integer, p_is_own_device boolean, p_error_code text, p_error_text text,
  p_hash bytea, p_payload bytea, p_size bigint, p_is_replayable boolean, p_topic text, p_properties jsonb,
  p_received_at timestamptz
) returns private.quarantined_payload
language sql stable parallel safe as $$
  select row(p_client, p_device, p_is_own_device, p_error_code, p_error_text, p_hash,
             substring(p_payload for 16384), p_size, p_is_replayable and p_size <= 16384,
             case when octet_length(p_topic) <= 1024 then p_topic end,
             case when octet_length(p_properties::text) <= 4096 then p_properties end,
             p_received_at)::private.quarantined_payload
$$;
comment on function private.make_quarantined_payload is 'A quarantined payload of these fields.';
revoke all on function private.make_quarantined_payload from public;
