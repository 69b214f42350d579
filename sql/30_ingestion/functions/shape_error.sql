-- What is wrong with the shape of an element, whatever devices exist, as 'CODE text'; null when nothing is.
-- Inlined: no SET clause; the rarer checks are function calls.
create function private.shape_error(p_element jsonb, p_bytes integer) returns text
language sql stable as $$
  select case
    when jsonb_typeof(p_element) <> 'object' then 'MALFORMED The element is not an object'
    when p_element - '{cdCliente,cdDispositivo,dtRegistro,nrBat,nrSeq,latitude,longitude,nrPrecisao}'::text[]
      - '{sensores,meta,rssi,fw}'::text[] <> '{}'
      then private.unknown_field_error(p_element)
    when pg_column_size(p_element) > p_bytes
      then format('TOO_LARGE The element has more than %s bytes', p_bytes)
    when not coalesce(private.is_whole_number(p_element -> 'cdDispositivo'), false)
      then 'MALFORMED cdDispositivo must be a whole number'
    when not jsonb_typeof(p_element -> 'sensores') in ('array', 'null')
      then 'MALFORMED sensores must be a list'
    when p_element ?| '{meta,rssi,fw}' and (jsonb_typeof(p_element -> 'meta') not in ('object', 'null')
      or pg_column_size(private.said_of_itself(p_element)) > 8192)
      then 'MALFORMED meta must be an object of at most 8192 bytes, together with rssi and fw'
    when num_nonnulls(nullif(p_element -> 'latitude', 'null'), nullif(p_element -> 'longitude', 'null'),
                      nullif(p_element -> 'nrBat', 'null'), nullif(p_element -> 'nrSeq', 'null')) = 0
      and coalesce(p_element -> 'sensores', 'null') in ('[]', 'null')
      and coalesce(private.said_of_itself(p_element), '{}') = '{}'
      then 'MALFORMED Nothing to store: no coordinates, nrBat, nrSeq, sensores, meta, rssi or fw'
  end
$$;
comment on function private.shape_error is
  'What is wrong with the shape of an element; null when nothing is.';
revoke all on function private.shape_error from public;
