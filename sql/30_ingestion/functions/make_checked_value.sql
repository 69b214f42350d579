-- The one place where a checked value is built by position, always called with named arguments.
-- Inlined: no SET clause.
create function private.make_checked_value(
  p_sensor integer, p_number double precision, p_boolean boolean, p_text text, p_item integer,
  p_item_was_sent boolean, p_quality smallint, p_action text, p_owner_position bigint
) returns private.checked_value
language sql immutable parallel safe as $$
  select row(p_sensor, p_number, p_boolean, p_text, p_item, p_item_was_sent, p_quality, p_action,
             p_owner_position)::private.checked_value
$$;
comment on function private.make_checked_value is 'A checked value of these fields.';
revoke all on function private.make_checked_value from public;
