-- The digest of a chunk of rollups as it is stored, as private.digest_of_values. Inlined: no SET clause.
create function private.digest_of_buckets(p_sensor integer, p_client integer, p_start timestamp,
  p_end timestamp, p_minutes smallint, p_count integer, p_checksum bigint, p_buckets private.packed_integers,
  p_counts private.packed_integers, p_sums private.packed_numbers, p_minima private.packed_numbers,
  p_maxima private.packed_numbers, p_items private.packed_integers, p_fines private.packed_integers)
returns bigint
language sql immutable parallel safe as $$
  select hash_record_extended(row(p_sensor, p_client, p_start, p_end, p_minutes, p_count, p_checksum,
    p_buckets, p_counts, p_sums, p_minima, p_maxima, p_items, p_fines), 0)
$$;
comment on function private.digest_of_buckets is 'The digest of a chunk of rollups as it is stored.';
revoke all on function private.digest_of_buckets from public;
