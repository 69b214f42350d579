-- An element that jsonb cannot hold arrives wrapped by the program that read it: with exactly these fields,
-- and perhaps a client, a device and, of a gateway's message, $topico and $propriedades. Anything else that
-- has one of them is an ordinary element, and malformed.
create function private.is_wrapped_payload(p_element jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    jsonb_typeof(p_element) = 'object'
    and p_element ?& '{$payload,$tamanho,$hash,$error_code,$error}'
    and p_element - '{$payload,$tamanho,$hash,$error_code,$error,cdCliente,cdDispositivo,$topico,
                      $propriedades}'::text[] = '{}'
    and jsonb_typeof(p_element -> '$payload') = 'string'
    and private.read_integer(p_element -> '$tamanho') >= 0
    and p_element ->> '$hash' ~ '^[0-9a-f]{64}$'
    and p_element ->> '$error_code' in ('MALFORMED', 'INVALID_VALUE', 'TOO_LARGE'), false)
$$;
comment on function private.is_wrapped_payload is
  'The element is a wrapper around bytes that jsonb cannot hold.';
revoke all on function private.is_wrapped_payload from public;
