-- What is wrong with the shape of an element, whatever devices there are, as 'CODE text'; null when nothing is.

create function private.erro_dos_campos(p_elemento jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  -- an element that jsonb cannot hold arrives as {"$payload", "$error_code", "$error", …}, made by whoever read it
  select case
    when p_elemento ? '$payload' and p_elemento ->> '$error_code' in ('MALFORMED', 'INVALID_VALUE', 'TOO_LARGE')
      then (p_elemento ->> '$error_code') || ' ' || left(coalesce(p_elemento ->> '$error', 'The element is not readable'), 200)
    else 'MALFORMED Unknown fields: ' || left((
      select string_agg(k, ', ') from jsonb_object_keys(
        p_elemento - '{cdCliente,cdDispositivo,dtRegistro,nrBat,nrSeq,latitude,longitude,sensores}'::text[]) k), 200)
  end
$$;
comment on function private.erro_dos_campos(jsonb) is 'What is wrong with an element that has fields we do not know.';
revoke all on function private.erro_dos_campos(jsonb) from public;

-- Inlined: no SET clause; the rarer checks are calls.
create function private.erro_da_forma(p_elemento jsonb, p_bytes integer) returns text
language sql stable as $$
  select case
    when jsonb_typeof(p_elemento) <> 'object' then 'MALFORMED The element is not an object'
    when p_elemento - '{cdCliente,cdDispositivo,dtRegistro,nrBat,nrSeq,latitude,longitude,sensores}'::text[] <> '{}'
      then private.erro_dos_campos(p_elemento)
    when pg_column_size(p_elemento) > p_bytes then format('TOO_LARGE The element has more than %s bytes', p_bytes)
    when not coalesce(private.eh_numero_inteiro(p_elemento -> 'cdDispositivo'), false)
      then 'MALFORMED cdDispositivo must be a whole number'
    when not jsonb_typeof(p_elemento -> 'sensores') in ('array', 'null') then 'MALFORMED sensores must be a list'
    when num_nonnulls(nullif(p_elemento -> 'latitude', 'null'), nullif(p_elemento -> 'longitude', 'null'),
                      nullif(p_elemento -> 'nrBat', 'null'), nullif(p_elemento -> 'nrSeq', 'null')) = 0
      and coalesce(p_elemento -> 'sensores', 'null') in ('[]', 'null')
      then 'MALFORMED Nothing to store: no coordinates, nrBat, nrSeq or sensores'
  end
$$;
comment on function private.erro_da_forma(jsonb, integer) is 'What is wrong with the shape of an element; null when nothing is.';
revoke all on function private.erro_da_forma(jsonb, integer) from public;
