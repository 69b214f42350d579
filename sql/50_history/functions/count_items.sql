-- By weight (grams, without the tare), by distance (millimetres), or as counted; 0 where the divisor is
-- missing, or so small or large that it says nothing.
-- Without SET clause, to be inlined. Who may call it: every API role, as views use it.
create function private.count_items(p_type bigint, p_value double precision, p_tare integer,
  p_weight double precision, p_height double precision) returns double precision
language sql immutable parallel safe as $$
  select case p_type
    when private.sensor_type('peso')
      then coalesce(private.finite(
             private.ratio(p_value - coalesce(p_tare, 0), private.divisor(p_weight))), 0)
    when private.sensor_type('distancia')
      then coalesce(private.finite(private.ratio(p_value, private.divisor(p_height))), 0)
    else p_value
  end
$$;
comment on function private.count_items is 'How many items a value stands for.';
revoke all on function private.count_items from public;
grant execute on function private.count_items to authenticated, service_role;
