-- What is wrong with the shape of an element, whatever devices there are, as 'CODE text'; null when nothing is.

-- An element that jsonb cannot hold arrives wrapped by whoever read it: exactly these fields, and perhaps whose it is. Anything else that has
-- one of them is an ordinary element, and malformed.
create function private.eh_embrulho(p_elemento jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    jsonb_typeof(p_elemento) = 'object'
    and p_elemento ?& '{$payload,$tamanho,$hash,$error_code,$error}'
    and p_elemento - '{$payload,$tamanho,$hash,$error_code,$error,cdCliente}'::text[] = '{}'
    and jsonb_typeof(p_elemento -> '$payload') = 'string'
    and private.ler_inteiro(p_elemento -> '$tamanho') >= 0
    and p_elemento ->> '$hash' ~ '^[0-9a-f]{64}$'
    and p_elemento ->> '$error_code' in ('MALFORMED', 'INVALID_VALUE', 'TOO_LARGE'), false)
$$;
comment on function private.eh_embrulho(jsonb) is 'The element is a wrapper around bytes that jsonb cannot hold.';
revoke all on function private.eh_embrulho(jsonb) from public;

create function private.erro_dos_campos(p_elemento jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when private.eh_embrulho(p_elemento)
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
