-- One ring with its first point at the end, if it has three different points and ends elsewhere. Part of
-- private.close_rings.
create function private.close_ring(p_ring jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if jsonb_typeof(p_ring) <> 'array' or jsonb_array_length(p_ring) < 3
     or (p_ring #> '{0,0}', p_ring #> '{0,1}') is not distinct from (p_ring #> '{-1,0}', p_ring #> '{-1,1}')
     or (select count(distinct e) from jsonb_array_elements(p_ring) e) < 3 then
    return p_ring;
  end if;
  return p_ring || jsonb_build_array(p_ring -> 0);
end
$$;
comment on function private.close_ring is 'A ring of a polygon that ends where it begins.';
revoke all on function private.close_ring from public;
