-- Called by private.pack_values and private.pack_positions. Times of a month are exact in double precision.
create function private.microseconds_after(p_first timestamp, p_times timestamp[]) returns bigint[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(select round(date_part('epoch', u.t - p_first) * 1000000)::bigint
               from unnest(p_times) with ordinality u(t, n) order by u.n)
$$;
comment on function private.microseconds_after is 'Times as microseconds after the first.';
revoke all on function private.microseconds_after from public;
