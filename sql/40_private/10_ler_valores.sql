-- Readers of single JSON values: the value, or null when it is no such value. They never raise, so that one bad number
-- cannot abort a batch. All are plain expressions that PostgreSQL inlines; comparing jsonb with two numbers says at once
-- that it is a number (jsonb orders strings below and booleans above all numbers) and that it is in range.

create function private.ler_real(p_json jsonb) returns double precision
language sql immutable parallel safe as $$
  select case
    when p_json >= '2.2250738585072014e-308' and p_json <= '1.7976931348623157e308' then p_json::double precision
    when p_json >= '-1.7976931348623157e308' and p_json <= '-2.2250738585072014e-308' then p_json::double precision
    when p_json > '-2.2250738585072014e-308' and p_json < '2.2250738585072014e-308' then 0 -- the cast raises on underflow
  end
$$;
comment on function private.ler_real(jsonb) is 'A JSON number as double precision; null when it is none or overflows.';
revoke all on function private.ler_real(jsonb) from public;

create function private.ler_inteiro(p_json jsonb) returns integer
language sql immutable parallel safe as $$
  select case
    when p_json >= '-2147483648' and p_json <= '2147483647' and trunc(p_json::numeric) = p_json::numeric
    then p_json::integer
  end
$$;
comment on function private.ler_inteiro(jsonb) is 'A whole JSON number as integer; null when it is none or out of range.';
revoke all on function private.ler_inteiro(jsonb) from public;

create function private.eh_numero_inteiro(p_json jsonb) returns boolean
language sql immutable parallel safe as $$
  select case when jsonb_typeof(p_json) = 'number' then trunc(p_json::numeric) = p_json::numeric else false end
$$;
comment on function private.eh_numero_inteiro(jsonb) is 'A whole JSON number, of any size.';
revoke all on function private.eh_numero_inteiro(jsonb) from public;

create function private.eh_infinito(p_json jsonb) returns boolean
language sql immutable parallel safe as $$
  select p_json in ('"NaN"', '"Infinity"', '"-Infinity"') or jsonb_typeof(p_json) = 'number'
$$;
comment on function private.eh_infinito(jsonb) is 'Meant as a number but not storable: NaN, infinities, or a number that overflows.';
revoke all on function private.eh_infinito(jsonb) from public;

-- Real dates only (leap years included), so that the cast cannot fail. Without offset it is UTC already.
create function private.ler_instante(p_texto text) returns timestamp
language sql stable parallel safe as $$
  select case
    when p_texto !~ ('^(?!0000)(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)'
      || '|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)'
      || '[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:[Zz]|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?$') then null
    when p_texto ~ '(?:[Zz]|[+-]\d\d(?::?\d\d)?)$' then p_texto::timestamptz at time zone 'UTC'
    else p_texto::timestamp
  end
$$;
comment on function private.ler_instante(text) is 'An ISO 8601 instant as UTC timestamp; null when it is none.';
revoke all on function private.ler_instante(text) from public;
