-- What the fourth and further planes add to a residual. Hardly any has as many, and one function for them
-- keeps private.unpack_integer short, which stands in a plan once for each column. Strict, as columns without
-- any number are null. Its cost is said to be small, as it is hardly ever called: with the usual one a plan
-- would rather read a partition than look whether a chunk has a row.
-- Who may call it: every API role, as the views run as their caller.
create function private.high_planes(p_planes bytea, p_width smallint, p_count integer, p_n integer)
returns bigint
language plpgsql immutable strict parallel safe cost 1 set search_path = pg_catalog, pg_temp as $$
declare
  v_sum bigint := 0;
begin
  for plane in 3 .. p_width - 1 loop
    v_sum := v_sum + (get_byte(p_planes, plane * p_count + p_n)::bigint << 8 * plane);
  end loop;
  return v_sum;
end
$$;
comment on function private.high_planes is 'What the fourth and further planes add to a residual.';
revoke all on function private.high_planes from public;
grant execute on function private.high_planes to authenticated, service_role;
