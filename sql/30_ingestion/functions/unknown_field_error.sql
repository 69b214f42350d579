-- The fields of a wrapped payload carry the error of whoever could not read it; others are unknown.
-- Called by private.shape_error.
create function private.unknown_field_error(p_element jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when private.is_wrapped_payload(p_element)
      then (p_element ->> '$error_code') || ' '
           || left(coalesce(p_element ->> '$error', 'The element is not readable'), 200)
    else 'MALFORMED Unknown fields: ' || left((
      select string_agg(k, ', ')
      from jsonb_object_keys(
        p_element - 'meta'
        - '{cdCliente,cdDispositivo,dtRegistro,nrBat,nrSeq,latitude,longitude,nrPrecisao,sensores}'::text[]
      ) k), 200)
  end
$$;
comment on function private.unknown_field_error is 'What is wrong with an element that has unknown fields.';
revoke all on function private.unknown_field_error from public;
