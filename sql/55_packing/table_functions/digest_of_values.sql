-- The digest of a chunk of values as it is stored: every read compares it, as a wrong bit in it would be a
-- wrong number, time, sensor or client. It costs a few per cent of unpacking. Inlined: no SET clause.
create function private.digest_of_values(p_sensor integer, p_client integer, p_first timestamp,
  p_last timestamp, p_count integer, p_checksum bigint, p_times private.packed_integers,
  p_numbers private.packed_numbers, p_truths boolean[], p_texts text[], p_qualities private.packed_integers,
  p_devices private.packed_integers, p_items private.packed_integers, p_places private.packed_integers)
returns bigint
language sql immutable parallel safe as $$
  select hash_record_extended(row(p_sensor, p_client, p_first, p_last, p_count, p_checksum, p_times,
    p_numbers, p_truths, p_texts, p_qualities, p_devices, p_items, p_places), 0)
$$;
comment on function private.digest_of_values is 'The digest of a chunk of values as it is stored.';
revoke all on function private.digest_of_values from public;
