-- Whether an element contradicts the position that has its place: only what was sent is compared.
-- p_sent  the later element; the others: the position that was there first
-- Inlined: no SET clause.
create function private.is_other_position(
  p_sent private.element, p_battery double precision, p_lat double precision, p_long double precision,
  p_precision real
) returns boolean
language sql immutable parallel safe as $$
  select (p_sent)."nrBat" is not null and (p_sent)."nrBat" is distinct from p_battery
         or (p_sent)."dsLat" is not null
            and ((p_sent)."dsLat", (p_sent)."dsLong") is distinct from (p_lat, p_long)
         or (p_sent)."nrPrecisao" is not null and (p_sent)."nrPrecisao" is distinct from p_precision
$$;
comment on function private.is_other_position is
  'Whether an element contradicts the position that has its place.';
revoke all on function private.is_other_position from public;
