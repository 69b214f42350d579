-- The digest of a chunk of positions as it is stored, as private.digest_of_values. Inlined: no SET clause.
create function private.digest_of_positions(p_device integer, p_client integer, p_first timestamp,
  p_last timestamp, p_count integer, p_checksum bigint, p_times private.packed_integers,
  p_seqs private.packed_integers, p_places private.packed_integers, p_lats private.packed_numbers,
  p_longs private.packed_numbers, p_accuracies private.packed_numbers, p_volts private.packed_numbers,
  p_sites private.packed_integers, p_addresses private.packed_integers, p_distances real[],
  p_areas boolean[]) returns bigint
language sql immutable parallel safe as $$
  select hash_record_extended(row(p_device, p_client, p_first, p_last, p_count, p_checksum, p_times, p_seqs,
    p_places, p_lats, p_longs, p_accuracies, p_volts, p_sites, p_addresses, p_distances, p_areas), 0)
$$;
comment on function private.digest_of_positions is 'The digest of a chunk of positions as it is stored.';
revoke all on function private.digest_of_positions from public;
