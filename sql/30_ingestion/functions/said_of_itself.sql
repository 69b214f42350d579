-- What a device says of itself in an element: meta, and rssi and fw beside it, as many devices send them.
-- Null when it says nothing. Inlined: no SET clause.
create function private.said_of_itself(p_element jsonb) returns jsonb
language sql stable parallel safe as $$
  select case
    when p_element ?| '{rssi,fw}'
      then coalesce(nullif(p_element -> 'meta', 'null'), '{}') || jsonb_strip_nulls(
             jsonb_build_object('rssi', p_element -> 'rssi', 'fw', p_element -> 'fw'))
    else nullif(p_element -> 'meta', 'null')
  end
$$;
comment on function private.said_of_itself is
  'What a device says of itself in an element: meta, rssi and fw.';
revoke all on function private.said_of_itself from public;
