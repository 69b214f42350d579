-- Members of both, those of the newer first; the older ones are forgotten where both are too large to keep.
-- Called by private.keep_meta.
create function private.joined_meta(p_older jsonb, p_newer jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when pg_column_size(p_older || p_newer) > 8192 then p_newer else p_older || p_newer end
$$;
comment on function private.joined_meta is 'What is known after an older and a newer meta.';
revoke all on function private.joined_meta from public;
