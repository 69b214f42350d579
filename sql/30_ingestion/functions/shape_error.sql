-- What is wrong with the shape of an element, whatever devices exist, as 'CODE text'; null when nothing is.
-- Inlined: no SET clause; the rarer checks are function calls.
-- p_device   its cdDispositivo as private.read_integer has it
-- p_meta     what private.said_of_itself finds in it
create function private.shape_error(p_element jsonb, p_device integer, p_meta jsonb, p_bytes integer)
returns text
language sql stable as $$
  select case
    when jsonb_typeof(p_element) <> 'object' then 'MALFORMED The element is not an object'
    when p_element - array['cdDispositivo', 'dtRegistro', 'nrBat', 'latitude', 'longitude', 'sensores',
                           'nrSeq', 'cdCliente', 'nrPrecisao', 'meta', 'rssi', 'fw'] <> '{}'
      then private.unknown_field_error(p_element)
    when pg_column_size(p_element) > p_bytes
      then format('TOO_LARGE The element has more than %s bytes', p_bytes)
    when p_device is null and not coalesce(private.is_whole_number(p_element -> 'cdDispositivo'), false)
      then 'MALFORMED cdDispositivo must be a whole number'
    when not jsonb_typeof(p_element -> 'sensores') in ('array', 'null')
      then 'MALFORMED sensores must be a list'
    when p_meta is not null and (jsonb_typeof(p_element -> 'meta') not in ('object', 'null')
      or pg_column_size(p_meta) > 8192)
      then 'MALFORMED meta must be an object of at most 8192 bytes, together with rssi and fw'
    when coalesce(p_element -> 'sensores', 'null') in ('[]', 'null') and coalesce(p_meta, '{}') = '{}'
      and num_nonnulls(nullif(p_element -> 'latitude', 'null'), nullif(p_element -> 'longitude', 'null'),
                       nullif(p_element -> 'nrBat', 'null'), nullif(p_element -> 'nrSeq', 'null')) = 0
      then 'MALFORMED Nothing to store: no coordinates, nrBat, nrSeq, sensores, meta, rssi or fw'
  end
$$;
comment on function private.shape_error is
  'What is wrong with the shape of an element; null when nothing is.';
revoke all on function private.shape_error from public;
