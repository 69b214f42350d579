-- Where a number is among packed integers: its places, from 0. Where the residuals are small beside the step,
-- as with times that come evenly, only the few places that it can be at are looked at.
-- Who may call it: every API role, as reads run as their caller.
create function private.find_in_packed(p_packed private.packed_integers, p_count integer, p_number bigint)
returns integer[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_low integer := 1; -- subscripts
  v_high integer := p_count;
  v_reach bigint := 32768 * p_packed.unit;
  v_residuals bigint[];
begin
  if p_packed.step > 0 and p_packed.width <= 2 then
    v_low := greatest(1, least(p_count, (p_number - p_packed.base - v_reach) / p_packed.step));
    v_high := least(p_count, greatest(0, (p_number - p_packed.base + v_reach) / p_packed.step + 2));
  end if;
  v_residuals := coalesce(p_packed.narrow[v_low:v_high]::bigint[], p_packed.medium[v_low:v_high]::bigint[],
    p_packed.wide[v_low:v_high], array_fill(0::bigint, array[v_high - v_low + 1]));
  return array(
    select v_low + (r.n - 2)::integer from unnest(v_residuals) with ordinality r(residual, n)
    where p_packed.base + (v_low + r.n - 2) * p_packed.step + r.residual * p_packed.unit = p_number);
end
$$;
comment on function private.find_in_packed is 'The places, from 0, of a number among packed integers.';
revoke all on function private.find_in_packed from public;
grant execute on function private.find_in_packed to authenticated, service_role;
