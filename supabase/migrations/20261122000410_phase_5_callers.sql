-- Phase 5, callers: who calls is resolved by PostgreSQL once for each statement, from claims that only say who that is.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/00_foundation/functions
-- The weight or height of an item, as far as something can be divided by it; others count as missing.
-- Inlined: no SET clause. Who may call it: every API role, as functions that run as their caller use it.
create function private.divisor(p_value double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(p_value) between 1e-100 and 1e100 then p_value end
$$;
comment on function private.divisor is 'The number; null when it is too small or too large to divide by.';
revoke all on function private.divisor from public;
grant execute on function private.divisor to authenticated, service_role;
-- JSON has no infinity: a sum that overflows, or a mean of one, becomes null. Inlined: no SET clause, and the
-- value is named once, as PostgreSQL does not inline what would compute a dear argument twice.
-- Who may call it: the API roles, as the functions that return charts run as their caller.
create function private.finite(p_value double precision) returns double precision
language sql immutable parallel safe as $$
  select nullif(nullif(nullif(p_value, 'Infinity'), '-Infinity'), 'NaN')
$$;
comment on function private.finite is 'The number; null when it is infinite or not a number.';
revoke all on function private.finite from public;
grant execute on function private.finite to authenticated, service_role;
-- Tells "not a finite number" (INVALID_VALUE) from "not a number at all" (MALFORMED). Inlined: no SET clause.
create function private.is_not_finite(p_json jsonb) returns boolean
language sql immutable parallel safe as $$
  select p_json in ('"NaN"', '"Infinity"', '"-Infinity"') or jsonb_typeof(p_json) = 'number'
$$;
comment on function private.is_not_finite is
  'Meant as a number but not storable: NaN, an infinity, or a number that overflows.';
revoke all on function private.is_not_finite from public;
-- Inlined: no SET clause. The CASE keeps the cast away from what is not a number.
create function private.is_whole_number(p_json jsonb) returns boolean
language sql immutable parallel safe as $$
  select case when jsonb_typeof(p_json) = 'number' then trunc(p_json::numeric) = p_json::numeric
              else false end
$$;
comment on function private.is_whole_number is 'A whole JSON number, of any size.';
revoke all on function private.is_whole_number from public;
-- PostgreSQL raises where a quotient overflows or underflows, and one such value would make every page that
-- holds it fail. Here the first is infinite (private.finite makes it null), the second 0.
-- p_by   between 1e-100 and 1e100 in size: a count of values, or what private.divisor lets pass
-- Inlined: no SET clause. Who may call it: every API role, as functions that run as their caller use it.
create function private.ratio(p_value double precision, p_by double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(p_value) < 1e-200 then 0
              when abs(p_value) > 1e200 and abs(p_by) < 1 then p_value * sign(p_by) * 'Infinity'
              else p_value / p_by end
$$;
comment on function private.ratio is 'A quotient that never raises.';
revoke all on function private.ratio from public;
grant execute on function private.ratio to authenticated, service_role;
-- For payloads that could not be read. Text that is not base64 is kept as it came, so that nothing is lost.
create function private.read_base64(p_text text) returns bytea
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_text ~ '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' then decode(p_text, 'base64')
    else convert_to(p_text, 'UTF8')
  end
$$;
comment on function private.read_base64 is
  'The bytes of a base64 text; the text''s own bytes when it is not base64.';
revoke all on function private.read_base64 from public;
-- How a page cursor is read. Cursors are opaque to callers: base64 of the key of the last row of the page
-- before, its parts separated by commas (private.write_cursor). Each RPC gives the pattern of its own key and
-- casts the parts; p_long says which is a bigint, p_name the parameter that the text came by. Null for null:
-- the first page.
-- Parts that look like a time or an integer are checked to be one here, so that casting them cannot fail
-- later.
-- Who may call it: every API role, as the RPCs run as their caller.
-- Raises PT400 INVALID_PARAMETER for a text that was not returned as nextCursor.
create function private.read_cursor(p_text text, p_pattern text, p_long integer default 0,
  p_name text default 'cursor') returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[];
begin
  if length(p_text) > 1000 then
    raise data_exception;
  end if;
  v_parts := regexp_match(convert_from(decode(p_text, 'base64'), 'UTF8'), p_pattern);
  if p_text is not null and v_parts is null then
    raise data_exception;
  end if;
  perform case when p ~ '^\d{4}-' then (p::timestamp)::text
    when p ~ '^-?\d+$' and n = p_long then (p::bigint)::text
    when p ~ '^-?\d+$' then (p::integer)::text end
  from unnest(v_parts) with ordinality u(p, n);
  return v_parts;
exception
  when data_exception then -- of every kind: invalid base64, UTF-8, date or integer
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('%s is not valid: send next%s of the previous page', p_name, initcap(p_name));
end
$$;
comment on function private.read_cursor is 'The parts of a page cursor; null for the first page.';
revoke all on function private.read_cursor from public;
grant execute on function private.read_cursor to authenticated, service_role;
-- Readers of single JSON values (read_double, read_integer, read_instant) return the value, or null when the
-- JSON holds something else. They never raise, so that one bad number cannot abort a batch. All are plain
-- expressions that PostgreSQL inlines, hence no SET clause. Comparing jsonb with two numbers says at once
-- that it is a number (jsonb orders strings below and booleans above all numbers) and that it is in range.
create function private.read_double(p_json jsonb) returns double precision
language sql immutable parallel safe as $$
  select case
    when p_json >= '2.2250738585072014e-308' and p_json <= '1.7976931348623157e308'
      then p_json::double precision
    when p_json >= '-1.7976931348623157e308' and p_json <= '-2.2250738585072014e-308'
      then p_json::double precision
    when p_json > '-2.2250738585072014e-308' and p_json < '2.2250738585072014e-308'
      then 0 -- the cast raises on underflow
  end
$$;
comment on function private.read_double is
  'A JSON number as double precision; null when it is not a number or overflows.';
revoke all on function private.read_double from public;
-- Seconds since 1970, or milliseconds from 1e11 on (in seconds that is beyond the year 5000), as the
-- adapters of the gateway read them. Inlined: no SET clause.
create function private.read_epoch(p_json jsonb) returns timestamp
language sql immutable parallel safe as $$
  select case
    when p_json > '-100000000000' and p_json < '100000000000' and p_json >= '-62135596800'
      then timestamp '1970-01-01' + p_json::double precision * interval '1 second'
    when p_json >= '100000000000' and p_json <= '253402300799999'
      then timestamp '1970-01-01' + p_json::double precision * interval '1 millisecond'
  end
$$;
comment on function private.read_epoch is
  'A JSON number of seconds or milliseconds since 1970 as UTC timestamp; null when it is not one.';
revoke all on function private.read_epoch from public;
-- Accepts real dates only, so that the cast cannot fail. Without an offset it is UTC already. Nearly all are
-- written as RFC 3339 has them, on a day that every year has, in a year from 1000 to 2999: one expression
-- says so. The rest takes a function call. An offset stands behind the minutes.
-- Inlined: no SET clause.
create function private.read_instant(p_text text) returns timestamp
language sql stable parallel safe as $$
  select case
    when p_text !~ ('^[12]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])'
      || '|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)'
      || '[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?'
      || '(?:[Zz]|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?$') then private.read_other_instant(p_text)
    when substr(p_text, 17) ~ '[+-]' then p_text::timestamptz at time zone 'UTC'
    else p_text::timestamp
  end
$$;
comment on function private.read_instant is
  'An ISO 8601 instant as UTC timestamp; null when the text is not one.';
revoke all on function private.read_instant from public;
-- Comparing before casting keeps the cast from failing. Inlined: no SET clause.
create function private.read_integer(p_json jsonb) returns integer
language sql immutable parallel safe as $$
  select case
    when p_json >= '-2147483648' and p_json <= '2147483647' and trunc(p_json::numeric) = p_json::numeric
    then p_json::integer
  end
$$;
comment on function private.read_integer is
  'A whole JSON number as integer; null when it is not one or is out of range.';
revoke all on function private.read_integer from public;
-- Part of private.read_measure, apart from it because such values are rare.
create function private.read_large_measure(p_json jsonb) returns double precision
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select case when length(rtrim(abs(trim_scale(p_json::numeric))::text, '0')) <= 17
    then p_json::double precision end
$$;
comment on function private.read_large_measure is
  'A JSON number from 1e21 on; null when it has more digits than a double.';
revoke all on function private.read_large_measure from public;
-- A sensor's value. Finite is not enough: readers square and scale what is stored, so that what would
-- overflow there is not a value (beyond 1.34e154), nor is a whole number that double precision may round
-- (beyond 2^53). jsonb writes out exponents and cannot tell the whole number 10^30 from the measurement 1e30
-- so that from 1e21 on, where encoders begin to write exponents, only a number with more digits than a double
-- has is taken for the former. Nearly all values pass the first comparison, as in private.read_double.
-- Inlined: no SET clause.
create function private.read_measure(p_json jsonb) returns double precision
language sql immutable parallel safe as $$
  select case
    when p_json >= '2.2250738585072014e-308' and p_json <= '9007199254740992'
      then p_json::double precision
    when p_json >= '-9007199254740992' and p_json <= '-2.2250738585072014e-308'
      then p_json::double precision
    when p_json > '-2.2250738585072014e-308' and p_json < '2.2250738585072014e-308'
      then 0 -- the cast raises on underflow
    when p_json >= '1e21' and p_json <= '1.3407807929942596e154'
      or p_json >= '-1.3407807929942596e154' and p_json <= '-1e21'
      then private.read_large_measure(p_json)
  end
$$;
comment on function private.read_measure is
  'A JSON number as a value that readers can compute with; null when it is not one.';
revoke all on function private.read_measure from public;
-- Instants in any form of ISO 8601: also those that RFC 3339 leaves out, and in part PostgreSQL, which are
-- the basic form, days by their number or week, a comma, fractions of minutes and hours, 24:00; and second
-- 60, a leap second, which is the second that follows. Called by private.read_instant for what is not in the
-- usual form, of an unusual year, or on a leap day.
create function private.read_other_instant(p_text text) returns timestamp
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  v_part text[] := regexp_match(p_text, '^(\d{4})(?:-?(\d\d)-?(\d\d)|-?(\d{3})|-?[Ww](\d\d)-?([1-7]))[Tt ]'
    '(\d\d)(?::?(\d\d)(?::?(\d\d))?)?(?:[.,](\d{1,30}))?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?$');
  v_day date;
  v_seconds numeric;
begin
  if v_part is null or v_part[1] = '0000' or v_part[8] > '59' or v_part[9] > '60' or v_part[12] > '15'
    or v_part[13] > '59' then
    return null;
  end if;
  v_day := case
    when v_part[2] between '01' and '12' and v_part[3] between '01' and '31'
      then make_date(v_part[1]::integer, v_part[2]::integer, 1) + (v_part[3]::integer - 1)
    when v_part[4] between '001' and '366' then make_date(v_part[1]::integer, 1, 1) + (v_part[4]::integer - 1)
    when v_part[5] between '01' and '53' -- the week that has 4 January is the first
      then date_trunc('week', make_date(v_part[1]::integer, 1, 4))::date
           + (v_part[5]::integer - 1) * 7 + v_part[6]::integer - 1
  end;
  v_seconds := v_part[7]::integer * 3600 + coalesce(v_part[8]::integer, 0) * 60
    + coalesce(v_part[9]::integer, 0) + coalesce(('0.' || v_part[10])::numeric, 0) * case
      when v_part[9] is not null then 1 when v_part[8] is not null then 60 else 3600 end;
  if to_char(v_day, case when v_part[2] is not null then 'YYYYMM' when v_part[4] is not null then 'YYYY'
                         else 'IYYY' end) is distinct from v_part[1] || coalesce(v_part[2], '')
    or v_seconds >= 86401 or v_part[7] > '23' and v_seconds <> 86400 then
    return null;
  end if;
  return v_day + make_interval(secs => round(v_seconds, 6)::double precision)
    - make_interval(mins => coalesce(v_part[12]::integer * 60 + coalesce(v_part[13]::integer, 0), 0)
                            * case when v_part[11] = '-' then -1 else 1 end);
end
$$;
comment on function private.read_other_instant is
  'An instant in a rarer form of ISO 8601 as UTC timestamp; null when the text is not one.';
revoke all on function private.read_other_instant from public;
-- A number that counts something up: whole, and of a size that no program rounds. Inlined: no SET clause.
create function private.read_sequence(p_json jsonb) returns bigint
language sql immutable parallel safe as $$
  select case
    when p_json >= '-9007199254740992' and p_json <= '9007199254740992'
      and trunc(p_json::numeric) = p_json::numeric
    then p_json::bigint
  end
$$;
comment on function private.read_sequence is
  'A whole JSON number up to 2^53 in size; null when it is not one or is out of range.';
revoke all on function private.read_sequence from public;
-- Codes in one argument: as many as the API takes. Callers of PostgREST send as many as they like.
-- Who may call it: the API roles, as functions that read run as their caller. Raises PT400 INVALID_PARAMETER.
create function private.require_few(p_name text, p_list anyarray) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality(p_list) > 1000 then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('%s may name at most 1000', p_name);
  end if;
end
$$;
comment on function private.require_few is 'Raises PT400 when a list has more than 1,000 elements.';
revoke all on function private.require_few from public;
grant execute on function private.require_few to authenticated, service_role;
-- Checks the arguments of everything that is returned in pages. Who may call it: the API roles, as list
-- functions run as their caller. Raises PT400 INVALID_PARAMETER.
create function private.require_page(p_page_size integer, p_cursor_is_known boolean default true) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'pageSize must be between 1 and 1000', hint = 'INVALID_PARAMETER';
  end if;
  if not p_cursor_is_known then
    raise sqlstate 'PT400' using message = 'cursor is not valid: send nextCursor of the previous page',
      hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_page is
  'Raises PT400 unless the page size is allowed and the cursor is known.';
revoke all on function private.require_page from public;
grant execute on function private.require_page to authenticated, service_role;
-- A result that is returned in one piece has a limit. Who may call it: the API roles, as the functions that
-- read time series run as their caller. Raises PT400 RANGE_TOO_WIDE.
create function private.require_row_limit(p_rows bigint, p_maximum integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if p_rows > p_maximum then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE',
      message = format('The result has more than %s rows. Narrow the range or use pages.', p_maximum);
  end if;
end
$$;
comment on function private.require_row_limit is
  'Raises PT400 when a result has more rows than may be returned at once.';
revoke all on function private.require_row_limit from public;
grant execute on function private.require_row_limit to authenticated, service_role;
-- Texts that are compared, searched for or kept: as long as the API takes them.
-- Who may call it: the API roles, as functions that read run as their caller. Raises PT400 INVALID_PARAMETER.
create function private.require_short(variadic p_texts text[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from unnest(p_texts) t where length(t) > 1000) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'A text may have at most 1000 characters';
  end if;
end
$$;
comment on function private.require_short is 'Raises PT400 when a text has more than 1,000 characters.';
revoke all on function private.require_short from public;
grant execute on function private.require_short to authenticated, service_role;
-- Documents of an entity, a filter or an area. As jsonb, 128 kB of text, such as the largest geofence, may
-- take several times as much. Who may call it: the API roles, as functions that read run as their caller.
-- Raises PT413 TOO_LARGE.
create function private.require_small(p_document jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if pg_column_size(p_document) > 1048576 then
    raise sqlstate 'PT413' using message = 'The JSON has more than 1 MB', hint = 'TOO_LARGE';
  end if;
end
$$;
comment on function private.require_small is 'Raises PT413 when a JSON document has more than 1 MB as jsonb.';
revoke all on function private.require_small from public;
grant execute on function private.require_small to authenticated, service_role;
-- Quarantined payloads are any bytes; JSON holds text only. Called by
-- private.describe_error.
create function private.utf8_text(p_bytes bytea) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return convert_from(p_bytes, 'UTF8');
exception
  when character_not_in_repertoire or untranslatable_character then
    return null;
end
$$;
comment on function private.utf8_text is 'The text of these bytes; null when they are not UTF-8.';
revoke all on function private.utf8_text from public;
-- How a page cursor is written: base64 of the parts, separated by commas, a null as nothing. See
-- private.read_cursor.
-- Who may call it: every API role, as the RPCs run as their caller.
create function private.write_cursor(p_parts text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(array_to_string(p_parts, ',', ''), 'UTF8'), 'base64'), E'\n', '')
$$;
comment on function private.write_cursor is
  'A page cursor of these parts, the key of the last row of a page.';
revoke all on function private.write_cursor from public;
grant execute on function private.write_cursor to authenticated, service_role;
-- end

-- from sql/20_access/types
create type private.identity as (
  "dsTipo" text,          -- user, key, device or service
  "dsChamador" text,      -- stable name: user:<uuid>, key:<sha256>, device:<code>, service
  "cdCliente" integer,    -- home client; its quarantine takes what has no other owner
  "cdClientes" integer[], -- every client the caller acts for
  "dsPermissoes" text[],  -- of read, ingest, admin
  is_service boolean      -- acts for every client, not for some
);
comment on type private.identity is
  'Who calls, resolved by PostgreSQL from the claims, never taken from them.';
-- end

-- from sql/20_access/functions
-- Admits a request that arrives through the Data API, by its caller's share of the connections, and counts
-- that of an API key. An RPC counts its own call (private.require_permission); for tables and views this is
-- the only place. The path is as PostgREST received it: one written differently (/%72pc/…) is counted twice,
-- never not at all. Called by public.antes_da_requisicao, as authenticated.
-- Security definer: reads people and keys and counts their use, which API roles may not do.
-- Raises PT401 UNAUTHORIZED (unknown, expired or revoked key), PT429 RATE_LIMITED, QUOTA_EXCEEDED,
-- PT503 BUSY.
create function private.admit_caller() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  v_is_key boolean := coalesce(v_claims ? 'key_sha256', false);
  v_caller private.identity := case when v_is_key then private.require_caller()
                                    else private.current_caller() end;
begin
  perform private.take_share(v_caller, v_claims ->> 'sub');
  if not v_is_key then
    return;
  end if;
  if v_caller."dsTipo" = 'key'
     and not starts_with(coalesce(current_setting('request.path', true), ''), '/rpc/') then
    perform private.count_key_use(substring(v_caller."dsChamador" from 5));
  end if;
  perform private.report_clients(v_caller);
end
$$;
comment on function private.admit_caller is
  'Admits the caller of a request, or raises PT401, PT429 or PT503.';
revoke all on function private.admit_caller from public;
grant execute on function private.admit_caller to authenticated;
-- Whose admins list and end a key. Called by private.managed_key and by the policy on keys. Inlined: no SET
-- clause.
-- Who may call it: the API roles, for the policy.
create function private.belongs_to_clients(p_key public."TbApiKeys", p_clients integer[]) returns boolean
language sql immutable parallel safe as $$
  select coalesce(case
    when p_key."cdCliente" is not null then p_key."cdCliente" = any (p_clients)
    else p_key."cdClientes" <> '{}' and p_key."cdClientes" <@ p_clients
  end, false)
$$;
comment on function private.belongs_to_clients is
  'The key rests on one of these clients, or the service made it for them alone.';
revoke all on function private.belongs_to_clients from public;
grant execute on function private.belongs_to_clients to authenticated, service_role;
-- A new key rests on its owner's membership of a client, as it is at this moment: cdCliente is set here and
-- nowhere else, and a key that names no clients gets those that its owner sees now, so that it does not grow
-- with them. Keys of the service rest on no client, and may name none. The owner's profile is locked, so that
-- somebody who is removed at the same moment is not left with a key. Trigger function.
-- Security definer: runs as a trigger, whoever makes the key.
create function private.bind_key() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_owner private.identity;
begin
  perform private.lock_profile(new."cdUsuario");
  v_owner := private.user_identity(new."cdUsuario"::text);
  new."cdCliente" := case when not v_owner.is_service then v_owner."cdCliente" end;
  if v_owner.is_service is distinct from true then
    new."cdClientes" := coalesce(new."cdClientes", v_owner."cdClientes", '{}');
  end if;
  return new;
end
$$;
comment on function private.bind_key is 'Binds a new key to the client of its owner.';
revoke all on function private.bind_key from public;
-- The key that calls, as it is now; all null where a person or the service calls. Called by the functions
-- that make and change keys and logins.
create function private.calling_key(p_caller private.identity) returns public."TbApiKeys"
language sql stable set search_path = pg_catalog, pg_temp as $$
  select k.* from public."TbApiKeys" k
  where p_caller."dsTipo" = 'key' and k."dsHash" = substring(p_caller."dsChamador" from 5)
$$;
comment on function private.calling_key is 'The key that calls, if it is one.';
revoke all on function private.calling_key from public;
-- What policies on people and invitations compare cdCliente with: as private.managed_clients, but nothing for
-- keys. Wrapped in (select …) there, so that it runs once per statement.
-- Security definer: private.current_caller is not granted to API roles.
create function private.clients_of_people() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case when v_caller."dsTipo" in ('user', 'service') and 'admin' = any (v_caller."dsPermissoes")
              then v_caller."cdClientes" else '{}' end;
end
$$;
comment on function private.clients_of_people is 'Clients whose people and invitations the caller manages.';
revoke all on function private.clients_of_people from public;
grant execute on function private.clients_of_people to authenticated, service_role;
-- Counts one call of a key and refuses what exceeds its limits. A call counts for the keys that made it, too,
-- where they have a limit: keys that were made before it was set do not get round it. A call that is refused
-- or fails takes its count back. Calls in progress at the same moment do not see each other: at most one per
-- connection slips through. Nothing can be counted in a read-only transaction (a GET of the Data API); it is
-- refused where one more call would be too many.
-- Raises PT429 RATE_LIMITED, QUOTA_EXCEEDED; detail: seconds to wait.
create function private.count_key_use(p_hash text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys";
  v_slice smallint := pg_backend_pid() % 64;
  v_counted integer; -- 1 for a key with a limit; of the others only the last use is recorded
begin
  select k.* into v_key from public."TbApiKeys" k where k."dsHash" = p_hash;
  loop
    v_counted := (num_nonnulls(v_key."nrLimiteMinuto", v_key."nrCotaDiaria") > 0)::integer;
    if v_counted = 1
       or v_key."dsHash" = p_hash
          and not exists (select from public."TbUsoApiKey" u
                          where u."cdApiKey" = v_key."cdApiKey" and u."nrFatia" = v_slice
                            and u."dtUltimoUso" > now() - interval '1 minute') then
      perform private.store_key_use(v_key."cdApiKey", v_slice, v_counted);
      perform private.require_key_quota(v_key, (current_setting('transaction_read_only') = 'on')::integer);
    end if;
    exit when v_key."cdApiKeyMae" is null;
    select k.* into v_key from public."TbApiKeys" k where k."cdApiKey" = v_key."cdApiKeyMae";
    exit when not found;
  end loop;
end
$$;
comment on function private.count_key_use is 'Counts a call of an API key and enforces its limits.';
revoke all on function private.count_key_use from public;
-- Onboarding: whoever signs up with the text of an enrolment code (dsChave, or cdChave as old front ends call
-- it) joins its client. A client named in the metadata is ignored. A missing, wrong or exhausted code, or any
-- other error, gives a profile without a client and never fails the sign-up. Names are cut where they
-- are longer than the columns take.
-- Security definer: runs as the trigger of Supabase Auth, which has no rights here.
create function private.create_profile() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_data jsonb := new.raw_user_meta_data;
  v_key public."TbClienteChave";
begin
  begin
    v_key := private.lock_enrolment_code(coalesce(v_data ->> 'dsChave', v_data ->> 'cdChave'));
    insert into public.profiles (id, nome, sobrenome, cargo, "cdChave", "cdCliente")
    values (
      new.id, left(v_data ->> 'nome', 255), left(v_data ->> 'sobrenome', 255), left(v_data ->> 'cargo', 255),
      v_key.id, v_key."cdCliente")
    on conflict (id) do nothing;
  exception when others then -- for example a lock timeout
    raise warning 'no client for user %: % %', new.id, sqlstate, sqlerrm;
    insert into public.profiles (id) values (new.id) on conflict (id) do nothing;
  end;
  return null;
end
$$;
comment on function private.create_profile is
  'Creates the profile of a new auth user; its client comes from an enrolment code only.';
revoke all on function private.create_profile from public;
-- Who calls, looked up once a transaction: policies ask for each table of each statement. The answer is kept
-- in a setting of the transaction. Anybody may write settings, so one is believed only with its signature
-- (private.sign_caller), which nobody else can make; otherwise the caller is looked up. A change of people,
-- keys or clients by the transaction itself makes it look again (private.forget_caller); what others change
-- meanwhile holds from the next transaction on, or where a function says so after it has waited for them.
-- Trackers send one request a transaction and are not kept. Returns null for an unknown caller.
-- Security definer: reads profiles and keys that the caller may not see, and the secret.
create function private.current_caller() returns private.identity
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_kept text := current_setting('rastro.chamador', true);
  v_secret uuid;
  v_caller private.identity;
begin
  select s."cdSegredo" into v_secret from private."TbSegredo" s;
  if v_kept <> '' and left(v_kept, 64) = private.sign_caller(v_secret, substr(v_kept, 65)) then
    return substr(v_kept, 65)::private.identity;
  end if;
  v_caller := private.resolve_caller();
  if v_caller."dsTipo" in ('user', 'key', 'service') then
    perform set_config(
      'rastro.chamador', private.sign_caller(v_secret, v_caller::text) || v_caller::text, true);
  end if;
  return v_caller;
end
$$;
comment on function private.current_caller is
  'The caller of this request, or null. Resolved once a transaction.';
revoke all on function private.current_caller from public;
-- For policies on keys and profiles, as "is this row my own". Who may call it: the API roles.
-- Security definer: private.current_caller is not granted to API roles.
create function private.current_user_id() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case when v_caller."dsTipo" = 'user' then substring(v_caller."dsChamador" from 6)::uuid end;
end
$$;
comment on function private.current_user_id is
  'The person who calls; null for keys and for people without a profile.';
revoke all on function private.current_user_id from public;
grant execute on function private.current_user_id to authenticated, service_role;
create function private.describe_key(p_key public."TbApiKeys") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_key) - 'dsHash' || jsonb_build_object(
    'dtUltimoUso', max(u."dtUltimoUso"),
    'nrUsoHoje', case
      when coalesce(p_key."nrLimiteMinuto", p_key."nrCotaDiaria") is not null
      then coalesce(sum(u."nrDia") filter (where u."dtDia" = (now() at time zone 'UTC')::date), 0)
    end)
  from public."TbUsoApiKey" u where u."cdApiKey" = p_key."cdApiKey"
$$;
comment on function private.describe_key is 'A key and its use as JSON, without its hash.';
revoke all on function private.describe_key from public;
-- Without the enrolment code the person joined by. Called by functions that manage people.
create function private.describe_person(p_person public.profiles) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_person) - 'cdChave'
$$;
comment on function private.describe_person is 'A person as JSON.';
revoke all on function private.describe_person from public;
-- For trackers that cannot be given credentials, and only until the date agreed. Called by
-- private.current_caller. plan_cache_mode: see private.service_identity.
create function private.device_identity(p_device text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_code integer := case when p_device ~ '^[0-9]{1,9}$' then p_device::integer end;
begin
  return (
    select private.make_identity(
      p_kind => 'device',
      p_caller => 'device:' || d."cdDispositivo",
      p_client => d."cdCliente",
      p_clients => array[d."cdCliente"],
      p_permissions => '{ingest}',
      p_is_service => false)
    from public."TbDispositivoLiberado" l
    join public."TbDispositivo" d on d."cdDispositivo" = l."cdDispositivo"
    where l."cdDispositivo" = v_code and l."dtFim" > now() and d."cdCliente" is not null);
end
$$;
comment on function private.device_identity is
  'A tracker that may still send without credentials, by its code.';
revoke all on function private.device_identity from public;
-- The admins of a client's parent can read its invitations. When it gets another parent, those of the former
-- one must not join by them. Trigger function.
-- Security definer: runs as a trigger, whoever changes the client.
create function private.end_invitations_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbClienteChave" k set "dtExpiracao" = now()
  where k."cdCliente" = new."cdCliente" and coalesce(k."dtExpiracao", 'infinity') > now();
  return null;
end
$$;
comment on function private.end_invitations_of_client is
  'Ends the invitations of a client that gets another parent.';
revoke all on function private.end_invitations_of_client from public;
-- Whoever leaves a client, or may do less than before, takes along the texts of its invitations, so these
-- end: who is to come back gets a new one. Trigger function.
-- Security definer: runs as a trigger, whoever changes the profile.
create function private.end_invitations_of_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    perform private.end_known_invitations(old);
  elsif new.id <> old.id or new.role < old.role or old."cdCliente" <> coalesce(new."cdCliente", 0) then
    perform private.end_known_invitations(old);
  end if;
  return null;
end
$$;
comment on function private.end_invitations_of_person is
  'Ends the invitations known to a person who leaves a client or is demoted.';
revoke all on function private.end_invitations_of_person from public;
-- A client that is deleted, or gets another parent, leaves the keys that act for it through that parent; a
-- key that then acts for no client has ended. Stored, so that nothing revives when the client comes back.
-- Trigger function.
-- Security definer: runs as a trigger, whoever changes the client.
create function private.end_keys_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbApiKeys" k
  set "cdClientes" = array_remove(k."cdClientes", old."cdCliente"),
      "blAtiva" = array_remove(k."cdClientes", old."cdCliente") <> '{}'
  where k."blAtiva" and old."cdCliente" = any (k."cdClientes")
    and (tg_op = 'DELETE'
         or k."cdCliente" = old."cdClientePai" and new."cdClientePai" is distinct from old."cdClientePai");
  return null;
end
$$;
comment on function private.end_keys_of_client is
  'Takes a client that is deleted or gets another parent from the keys that acted for it.';
revoke all on function private.end_keys_of_client from public;
-- Keys end for good with what they rest on: with their owner's membership of the client, or, those of the
-- service, with the role service; and with that of whoever was given their text (cdPortador). Of somebody who
-- no longer administers, a key keeps what a reader may do, or ends. Stored, so that nothing revives when the
-- person comes back. Trigger function.
-- Security definer: runs as a trigger, whoever changes the profile.
create function private.end_keys_of_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_is_gone boolean := tg_op = 'DELETE';
  v_has_left boolean;
begin
  if not v_is_gone then
    v_is_gone := new.id <> old.id;
    v_has_left := new."cdCliente" is distinct from old."cdCliente"
                  or old.role = 'service' and new.role <> 'service';
    if not (v_is_gone or v_has_left or new.role < old.role) then
      return null;
    end if;
  end if;
  -- logins that its keys made belong to the devices and stay; those of a key that is revoked end with it
  update public."TbDispositivoCredencial" c set "cdApiKey" = null
  from public."TbApiKeys" k
  where k."cdApiKey" = c."cdApiKey" and old.id in (k."cdUsuario", k."cdPortador");
  update public."TbApiKeys" k set "blAtiva" = false
  where k."cdUsuario" = old.id and k."blAtiva"
    and (v_is_gone
         or k."cdCliente" is not null and k."cdCliente" is distinct from new."cdCliente"
         or k."cdCliente" is null and new.role <> 'service');
  update public."TbApiKeys" k set "blAtiva" = false
  where k."cdPortador" = old.id and k."blAtiva" and (v_is_gone or v_has_left);
  if not v_is_gone and old.role <> 'default' and new.role = 'default' then
    update public."TbApiKeys" k
    set "dsPermissoes" = array(select p from unnest(k."dsPermissoes") p where p = 'read'),
        "blAtiva" = 'read' = any (k."dsPermissoes")
    where old.id in (k."cdUsuario", k."cdPortador") and k."blAtiva" and k."dsPermissoes" <> '{read}';
  end if;
  return null;
end
$$;
comment on function private.end_keys_of_person is
  'Ends the keys of a person who leaves a client, and limits those of one who no longer administers.';
revoke all on function private.end_keys_of_person from public;
-- Ends the invitations whose text a person knows: the one it joined by, and those it could list, as an admin
-- of the client and its children, or as the service. The person could otherwise come back by one of them,
-- with another account if not with this one. Called by the triggers on people and accounts.
create function private.end_known_invitations(p_person public.profiles) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  with known as materialized (
    select k.id from public."TbClienteChave" k
    where coalesce(k."dtExpiracao", 'infinity') > now()
      and (k.id = p_person."cdChave"
           or p_person.role = 'service'
           or p_person.role = 'admin' and exists (
             select from public."TbCliente" c
             where c."cdCliente" = k."cdCliente"
               and p_person."cdCliente" in (c."cdCliente", c."cdClientePai")))
    order by k.id for update of k -- one lock order for all callers
  )
  update public."TbClienteChave" k set "dtExpiracao" = now() from known where k.id = known.id;
end
$$;
comment on function private.end_known_invitations is 'Ends the invitations that a person used or could read.';
revoke all on function private.end_known_invitations from public;
-- What happens to an account of Supabase Auth happens to the person: one that is deleted, softly too, leaves
-- its client for good. A ban suspends: the person and its keys are refused as long as it lasts and no longer,
-- but the invitations that the person knows end, as another account could use them. Trigger function.
-- Security definer: runs as the trigger of Supabase Auth, which has no rights here.
create function private.follow_account() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.deleted_at is not null then
    update public.profiles p set "cdCliente" = null, role = 'default' where p.id = new.id;
  else
    perform private.end_known_invitations(p) from public.profiles p where p.id = new.id;
  end if;
  return null;
end
$$;
comment on function private.follow_account is
  'Removes a person whose account is deleted; ends the invitations known to one who is banned.';
revoke all on function private.follow_account from public;
-- Has the caller looked up again. Called by functions that have waited for a change of the caller's rights.
create function private.forget_caller() returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rastro.chamador', '', true);
end
$$;
comment on function private.forget_caller is 'Forgets who calls, so that it is looked up again.';
revoke all on function private.forget_caller from public;
-- The transaction has changed people, keys or clients, perhaps the caller's own. Trigger function.
-- Security definer: runs as a trigger, whoever makes the change.
create function private.forget_changed_caller() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.forget_caller();
  return null;
end
$$;
comment on function private.forget_changed_caller is 'Has the caller looked up again after a change.';
revoke all on function private.forget_changed_caller from public;
-- 256 random bits. gen_random_uuid draws from the system's strong source; hashing two of them evens out their
-- fixed bits.
create function private.generate_key() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select 'rastro_' || rtrim(translate(
    encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid(), 'UTF8')), 'base64'),
    '+/', '-_'), '=')
$$;
comment on function private.generate_key is 'The text of a new key.';
revoke all on function private.generate_key from public;
-- When an API key ends: it expires at dtExpiracao, if it has one, or it is revoked. Called by
-- private.key_identity for every request with a key. Inlined: no SET clause.
create function private.is_active_key(p_key public."TbApiKeys") returns boolean
language sql stable parallel safe as $$
  select p_key."blAtiva" and (p_key."dtExpiracao" is null or p_key."dtExpiracao" > now())
$$;
comment on function private.is_active_key is 'The key has neither expired nor been revoked.';
revoke all on function private.is_active_key from public;
-- Pointing one's own row at an address of another client would show that address. One that belongs to nobody
-- and that nobody uses is free; one that does not exist is refused as another's is.
-- Called by policies and by the trigger on sites.
-- Security definer: looks at rows of clients that the caller may not see.
create function private.is_foreign_address(p_address integer) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public."TbDestinatario" t
    where t."cdEndereco" = p_address
      and not coalesce(t."cdCliente" = any ((select private.managed_clients())::integer[]), false)
    union all
    select from public."TbEnderecoVinculo" v
    where v."cdEndereco" = p_address
      and not v."cdCliente" = any ((select private.managed_clients())::integer[])
    union all
    select from public."TbEndereco" e
    where e."cdEndereco" = p_address
      and not e."cdCliente" = any ((select private.managed_clients())::integer[])
    union all
    select where p_address is not null and not exists (
      select from public."TbEndereco" e where e."cdEndereco" = p_address)
    union all -- the address of a map cell may be shown to other clients tomorrow
    select from private."TbGeocodificacao" g where g."cdEndereco" = p_address) and not private.is_service();
end
$$;
comment on function private.is_foreign_address is
  'The address is used by a client the caller does not manage, or by geocoding.';
revoke all on function private.is_foreign_address from public;
grant execute on function private.is_foreign_address to authenticated;
-- Pointing one's own row at an item of another client would show that item. One without a client and without
-- a product is free; one that does not exist is refused as another's is, so that nobody learns which exist.
-- Called by policies and, for each row, by the trigger on sensors: in plpgsql, as that keeps its plans.
-- Security definer: looks at rows of clients that the caller may not see.
create function private.is_foreign_item(p_item integer) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select not bool_or(coalesce(d."cdCliente" = any ((select private.visible_clients())::integer[]), false))
    from (
      select p."cdCliente" from public."TbProdutoItemJoinTable" j
      join public."TbProduto" p on p."cdProduto" = j."cdProduto"
      where j."cdProdutoItem" = p_item
      union all
      select i."cdCliente" from public."TbProdutoItem" i
      where i."cdProdutoItem" = p_item and i."cdCliente" is not null
    ) d), not exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = p_item))
    and p_item is not null and not private.is_service();
end
$$;
comment on function private.is_foreign_item is
  'The product item belongs to other clients and their products only.';
revoke all on function private.is_foreign_item from public;
grant execute on function private.is_foreign_item to authenticated;
-- Called by private.refuse_foreign_reference for each row, for columns that a trigger names. In plpgsql, as
-- that keeps its plans; one code is looked up, instead of all that the caller manages.
-- p_managed  clients that the caller manages; needed for sites and products
-- Security definer: looks at rows of clients that the caller may not see.
create function private.is_foreign_reference(p_column text, p_code integer, p_managed integer[])
returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return case p_column
    when 'cdEndereco' then private.is_foreign_address(p_code)
    when 'cdProdutoItem' then private.is_foreign_item(p_code)
    when 'cdDestinatario' then not exists (
      select from public."TbDestinatario" t
      where t."cdDestinatario" = p_code and t."cdCliente" = any (p_managed))
    when 'cdProduto' then not exists (
      select from public."TbProduto" p
      where p."cdProduto" = p_code and p."cdCliente" = any (p_managed))
  end;
end
$$;
comment on function private.is_foreign_reference is
  'The row that this column would point to is not the caller''s.';
revoke all on function private.is_foreign_reference from public;
-- For policies and functions that make an exception for the service. Who may call it: the API roles.
-- Security definer: private.current_caller is not granted to API roles.
create function private.is_service() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return coalesce(v_caller.is_service and 'admin' = any (v_caller."dsPermissoes"), false);
end
$$;
comment on function private.is_service is 'The caller acts for every client and may manage them.';
revoke all on function private.is_service from public;
grant execute on function private.is_service to authenticated, service_role;
-- An item may be changed only by whoever manages all products that have it; a caller that manages no client
-- changes none. Called by policies on TbProdutoItem.
-- Security definer: looks at products of clients that the caller may not see.
create function private.is_shared_item(p_item integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.is_service() and (
    (select private.managed_clients())::integer[] = '{}' or exists (
      select from public."TbProdutoItemJoinTable" j
      join public."TbProduto" p on p."cdProduto" = j."cdProduto"
      where j."cdProdutoItem" = p_item
        and not coalesce(p."cdCliente" = any ((select private.managed_clients())::integer[]), false)))
$$;
comment on function private.is_shared_item is
  'A product that the caller does not manage has this item, or the caller manages none.';
revoke all on function private.is_shared_item from public;
grant execute on function private.is_shared_item to authenticated, service_role;
-- A key acts for the clients that it was made for and that its owner still sees, as long as the owner belongs
-- to the client on whose membership the key rests (or is the service, if the service made it); and it manages
-- only as long as its owner does. Called by private.current_caller. plan_cache_mode: see
-- private.service_identity.
create function private.key_identity(p_hash text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select private.make_identity(
      p_kind => 'key',
      p_caller => 'key:' || k."dsHash",
      p_client => case when (d.owner)."cdCliente" = any (c.clients) then (d.owner)."cdCliente"
                       else c.clients[1] end,
      p_clients => c.clients,
      p_permissions => case when not 'admin' = any (k."dsPermissoes") then k."dsPermissoes"
                            when 'admin' = any ((d.owner)."dsPermissoes") then '{read,ingest,admin}'
                            else array_remove(k."dsPermissoes", 'admin') end,
      p_is_service => (d.owner).is_service and k."cdClientes" is null and k."cdCliente" is null)
    from public."TbApiKeys" k
    cross join lateral (select private.user_identity(k."cdUsuario"::text) as owner offset 0) d
    cross join lateral (
      select case
        when k."cdClientes" is null then (d.owner)."cdClientes"
        else array(select u from unnest(k."cdClientes") u where u = any ((d.owner)."cdClientes"))
      end as clients
      offset 0
    ) c
    where k."dsHash" = p_hash and private.is_active_key(k) and (d.owner)."dsTipo" is not null
      and case when k."cdCliente" is null then (d.owner).is_service
               else k."cdCliente" = (d.owner)."cdCliente" end
      and (k."cdPortador" is null or (private.user_identity(k."cdPortador"::text))."dsTipo" is not null));
end
$$;
comment on function private.key_identity is
  'An API key by its SHA-256: its clients, never more than its owner sees.';
revoke all on function private.key_identity from public;
-- A key, the key that made it, and so on. Called by the functions that manage keys.
create function private.key_lineage(p_key_id uuid) returns setof public."TbApiKeys"
language sql stable set search_path = pg_catalog, pg_temp as $$
  with recursive lineage as (
    select k.* from public."TbApiKeys" k where k."cdApiKey" = p_key_id
    union
    select m.* from lineage l join public."TbApiKeys" m on m."cdApiKey" = l."cdApiKeyMae"
  )
  select l.* from lineage l
$$;
comment on function private.key_lineage is 'A key and those that it descends from.';
revoke all on function private.key_lineage from public;
-- A key belongs to a person: whoever calls, or the owner of the key that calls.
-- Called by public.criar_api_key. Raises PT403 FORBIDDEN for callers who are neither.
create function private.key_owner(p_caller private.identity) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_owner uuid;
begin
  if p_caller."dsTipo" = 'user' then
    return substring(p_caller."dsChamador" from '^user:(.*)$')::uuid;
  end if;
  v_owner := (private.calling_key(p_caller))."cdUsuario";
  if v_owner is null then
    raise sqlstate 'PT403' using message = 'A key belongs to a person: sign in as a person',
      hint = 'FORBIDDEN';
  end if;
  return v_owner;
end
$$;
comment on function private.key_owner is 'The person to whom keys made by this caller belong.';
revoke all on function private.key_owner from public;
-- A key never does more, nor lasts longer, than the key that made it does now, however that one is changed:
-- it ends with it, keeps only the clients and permissions that it has, and expires no later. Limits of calls
-- are not copied: the calls of a key count for the keys that made it (private.count_key_use). Stored, so that
-- nothing revives. An update of a key that made others in turn fires this again. Trigger function.
-- Security definer: runs as a trigger, whoever changes the key.
create function private.limit_made_keys() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    update public."TbApiKeys" k set "blAtiva" = false where k."cdApiKeyMae" = old."cdApiKey" and k."blAtiva";
    return null;
  end if;
  with made as (
    select k."cdApiKey" as code,
           least(k."dtExpiracao", new."dtExpiracao") as ends_at,
           array(select p from unnest(k."dsPermissoes") p
                 where p = any (new."dsPermissoes") or 'admin' = any (new."dsPermissoes")) as permissions,
           case when k."cdClientes" is null or new."cdClientes" is null
                then coalesce(k."cdClientes", new."cdClientes")
                else array(select c from unnest(k."cdClientes") c where c = any (new."cdClientes"))
           end as clients
    from public."TbApiKeys" k where k."cdApiKeyMae" = new."cdApiKey" and k."blAtiva"
  )
  update public."TbApiKeys" k
  set "blAtiva" = new."blAtiva" and m.permissions <> '{}' and coalesce(m.clients <> '{}', true),
      "dtExpiracao" = m.ends_at, "dsPermissoes" = m.permissions, "cdClientes" = m.clients
  from made m
  where k."cdApiKey" = m.code
    and (not new."blAtiva"
         or (k."dtExpiracao", k."dsPermissoes", k."cdClientes")
            is distinct from (m.ends_at, m.permissions, m.clients));
  return null;
end
$$;
comment on function private.limit_made_keys is 'Holds keys to what the key that made them may still do.';
revoke all on function private.limit_made_keys from public;
-- The code's row is locked while its places are counted, so that people who sign up at the same time do not
-- exceed them. Called by private.create_profile and public.aceitar_convite.
create function private.lock_enrolment_code(p_key text) returns public."TbClienteChave"
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbClienteChave";
begin
  select k.* into v_key from public."TbClienteChave" k where k."dsChave" = p_key for update;
  -- a separate statement: it sees who joined while this one waited for the lock; by the clock, as the code
  -- may have ended meanwhile
  if v_key."dtExpiracao" <= clock_timestamp()
     or (select count(*) from public.profiles p where p."cdChave" = v_key.id) >= v_key."nrLimite" then
    return null;
  end if;
  return v_key;
end
$$;
comment on function private.lock_enrolment_code is
  'The enrolment code of this text, locked, if it is valid and has places left; null otherwise.';
revoke all on function private.lock_enrolment_code from public;
-- Until the transaction ends, the person stays in its client and keeps its role. Always taken before a lock
-- on one of its keys, as removing a person locks the profile first and its keys then.
create function private.lock_profile(p_id uuid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.profiles p where p.id = p_id for share;
end
$$;
comment on function private.lock_profile is 'Keeps the client and role of a person from changing.';
revoke all on function private.lock_profile from public;
-- The one place where an identity is built, always called with named arguments. Inlined: no SET clause.
create function private.make_identity(
  p_kind text, p_caller text, p_client integer, p_clients integer[], p_permissions text[],
  p_is_service boolean
) returns private.identity
language sql immutable parallel safe as $$
  select row(p_kind, p_caller, p_client, p_clients, p_permissions, p_is_service)::private.identity
$$;
comment on function private.make_identity is 'An identity of these fields.';
revoke all on function private.make_identity from public;
-- What policies compare cdCliente with for changes. Wrapped in (select …) there, so that it runs once per
-- statement.
-- Security definer: private.current_caller is not granted to API roles.
create function private.managed_clients() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case when 'admin' = any (v_caller."dsPermissoes") then v_caller."cdClientes" else '{}' end;
end
$$;
comment on function private.managed_clients is 'Clients whose rows the caller may change.';
revoke all on function private.managed_clients from public;
grant execute on function private.managed_clients to authenticated, service_role;
-- For policies on rows that belong to a device.
-- Security definer: it runs once per statement and does not depend on the policies of TbDispositivo.
create function private.managed_devices() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d."cdDispositivo" from public."TbDispositivo" d
  where d."cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service())
$$;
comment on function private.managed_devices is 'Devices whose rows the caller may change.';
revoke all on function private.managed_devices from public;
grant execute on function private.managed_devices to authenticated;
-- Locks the key, if the caller may manage it: the client on whose membership it rests is one the caller
-- manages, whoever its owner is and wherever the owner is now; or the service made it for such clients only.
-- Its owner's profile is locked first: see private.lock_profile. Called by the functions that manage keys.
-- Raises PT404 NOT_FOUND, PT403 FORBIDDEN (the caller is a key that may do less).
create function private.managed_key(p_caller private.identity, p_key_id uuid) returns public."TbApiKeys"
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys";
begin
  perform private.lock_profile(
    (select k."cdUsuario" from public."TbApiKeys" k where k."cdApiKey" = p_key_id));
  select k.* into v_key from public."TbApiKeys" k
  where k."cdApiKey" = p_key_id
    and (p_caller.is_service or private.belongs_to_clients(k, p_caller."cdClientes"))
  for update of k;
  if v_key."cdApiKey" is null then
    raise sqlstate 'PT404' using message = 'API key not found', hint = 'NOT_FOUND';
  end if;
  perform private.require_within_key(p_caller, v_key);
  return v_key;
end
$$;
comment on function private.managed_key is 'A key that the caller may limit, rotate or revoke.';
revoke all on function private.managed_key from public;
-- Locks the person, if the caller may change what that person may do. Refuses the caller's own row, so that
-- no client loses its last admin by accident, and people who run the installation. Called by the functions
-- that manage people. Raises PT404 NOT_FOUND, PT409 CONFLICT (oneself), PT403 FORBIDDEN.
create function private.managed_person(p_caller private.identity, p_id uuid) returns public.profiles
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_person public.profiles;
begin
  select p.* into v_person from public.profiles p
  where p.id = p_id and (p_caller.is_service or p."cdCliente" = any (p_caller."cdClientes"))
  for update;
  if v_person.id is null then
    raise sqlstate 'PT404' using message = 'Person not found', hint = 'NOT_FOUND';
  elsif p_caller."dsChamador" = 'user:' || p_id then
    raise sqlstate 'PT409' using message = 'You cannot change your own role or remove yourself.',
      hint = 'CONFLICT',
      detail = 'Ask another admin of the client.';
  elsif v_person.role = 'service' and not p_caller.is_service then
    raise sqlstate 'PT403' using message = 'Only the service can change people with the role service',
      hint = 'FORBIDDEN';
  end if;
  return v_person;
end
$$;
comment on function private.managed_person is 'A person whose role the caller may change.';
revoke all on function private.managed_person from public;
-- For policies on rows that belong to a product.
-- Security definer: it runs once per statement and does not depend on the policies of TbProduto.
create function private.managed_products() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p."cdProduto" from public."TbProduto" p
  where p."cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service())
$$;
comment on function private.managed_products is 'Products whose rows the caller may change.';
revoke all on function private.managed_products from public;
grant execute on function private.managed_products to authenticated;
-- For private.is_foreign_reference and private.reference_errors.
-- Security definer: it runs once per statement and does not depend on the policies of TbDestinatario.
create function private.managed_sites() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t."cdDestinatario" from public."TbDestinatario" t
  where t."cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service())
$$;
comment on function private.managed_sites is 'Sites whose rows the caller may change.';
revoke all on function private.managed_sites from public;
grant execute on function private.managed_sites to authenticated;
-- Why a known caller may not do what needs this permission; null where it may, and for no permission. Called
-- by private.require_permission and public.conferir_chamador. Inlined: no SET clause, full names.
create function private.permission_error(p_caller private.identity, p_permission text) returns text
language sql immutable parallel safe as $$
  select case
    when not p_permission = any (p_caller."dsPermissoes")
      then format('This needs the permission "%s"', left(p_permission, 50))
    when p_permission = 'ingest' and cardinality(p_caller."cdClientes") = 0
      then 'The caller acts for no client'
  end
$$;
comment on function private.permission_error is 'Why a caller lacks a permission; null where it has it.';
revoke all on function private.permission_error from public;
-- What the claims of a request become; null when they stay as they are. Headers are json, not jsonb: for
-- jsonb the operator ? would accept lists and texts too. Authorization is not read here: PostgREST has read
-- it, and the role and the claims are its result. Called by public.antes_da_requisicao, as any API role.
-- Raises PT401 UNAUTHORIZED: two credentials, or a malformed key.
create function private.read_credentials(p_headers json, p_claims jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_request text := substring(p_headers ->> 'x-request-id' from '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$');
  v_has_key boolean := p_headers -> 'x-api-key' is not null;
  v_key text := p_headers ->> 'x-api-key';
begin
  v_request := coalesce(p_claims ->> 'request_id', v_request); -- one that is signed takes precedence
  if v_has_key and p_claims ?| '{sub,key_sha256,cd_dispositivo}' or p_claims ?& '{sub,key_sha256}' then
    raise sqlstate 'PT401' using message = 'Send a bearer token or an X-API-Key, not both.',
      hint = 'UNAUTHORIZED';
  end if;
  if not v_has_key then
    return case when v_request is not null then p_claims || jsonb_build_object('request_id', v_request) end;
  end if;
  if json_typeof(p_headers -> 'x-api-key') <> 'string' or length(v_key) > 512 or v_key !~ '^[!-~]+$' then
    raise sqlstate 'PT401' using message = 'Malformed API key.', hint = 'UNAUTHORIZED';
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'role', 'authenticated',
    'request_id', v_request,
    'key_sha256', encode(sha256(convert_to(v_key, 'UTF8')), 'hex')));
end
$$;
comment on function private.read_credentials is 'Claims from the headers and the token of a request.';
revoke all on function private.read_credentials from public;
grant execute on function private.read_credentials to authenticated, service_role;
-- Pointing one's own row at a site, address, product or item of another client would show it, and keep its
-- owner from deleting it. Checked only when the column changes: existing references may stay. Runs for each
-- row, so it asks last whether the caller is the service: most references are the caller's own.
-- Security definer: looks at rows of clients that the caller may not see.
-- Raises 42501 (insufficient_privilege), which the REST APIs return as 403.
create function private.refuse_foreign_reference() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_new jsonb := to_jsonb(new);
  v_old jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  v_column text;
  v_managed integer[];
begin
  foreach v_column in array tg_argv loop
    continue when v_new ->> v_column is not distinct from v_old ->> v_column or v_new ->> v_column is null;
    if v_managed is null and v_column in ('cdDestinatario', 'cdProduto') then
      v_managed := private.managed_clients();
    end if;
    if private.is_foreign_reference(v_column, (v_new ->> v_column)::integer, v_managed)
       and not private.is_service() then
      raise insufficient_privilege using
        message = format('You may not use %s %s', v_column, v_new ->> v_column);
    end if;
  end loop;
  return new;
end
$$;
comment on function private.refuse_foreign_reference is 'Refuses references to rows of other clients.';
revoke all on function private.refuse_foreign_reference from public;
-- The parent of a client decides who sees it: only the service may change it.
-- Security definer: runs as a trigger, whoever changes the row. Raises PT403 FORBIDDEN.
create function private.refuse_parent_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not private.is_service() then
    raise sqlstate 'PT403' using message = 'Only the service can change the parent of a client',
      hint = 'FORBIDDEN';
  end if;
  return new;
end
$$;
comment on function private.refuse_parent_change is
  'Refuses changes of a client''s parent by anyone but the service.';
revoke all on function private.refuse_parent_change from public;
-- For the log of the request only; no decision depends on it. Through the Data API, a response header carries
-- it to the caller's server.
create function private.report_clients(p_caller private.identity) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rastro.clientes', case when p_caller.is_service then '*'
                     else array_to_string(p_caller."cdClientes", ',') end, true);
  if current_setting('request.method', true) <> '' then
    perform set_config('response.headers', jsonb_build_array(jsonb_build_object(
      'Rastro-Clientes', current_setting('rastro.clientes')))::text, true);
  end if;
end
$$;
comment on function private.report_clients is 'Reports to the server for which clients the caller acts.';
revoke all on function private.report_clients from public;
-- The caller, who must be known. Raises PT401 UNAUTHORIZED: missing or invalid credentials.
create function private.require_caller() returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  if v_caller."dsTipo" is null then
    raise sqlstate 'PT401' using message = 'Missing or invalid credentials', hint = 'UNAUTHORIZED',
      detail = 'Send a valid bearer token or an active X-API-Key.';
  end if;
  return v_caller;
end
$$;
comment on function private.require_caller is 'The caller; raises PT401 when unknown.';
revoke all on function private.require_caller from public;
-- For the functions by which admins invite people and by which they manage clients' settings.
-- Raises PT404 NOT_FOUND: the client does not exist, or the caller does not act for it.
create function private.require_client(p_caller private.identity, p_client integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public."TbCliente" c where c."cdCliente" = p_client
                 and (p_caller.is_service or c."cdCliente" = any (p_caller."cdClientes"))) then
    raise sqlstate 'PT404' using message = 'Client not found', hint = 'NOT_FOUND';
  end if;
end
$$;
comment on function private.require_client is 'Refuses clients that the caller does not act for.';
revoke all on function private.require_client from public;
-- Raises PT404 NOT_FOUND: the device does not exist, or it belongs to another client.
create function private.require_device(p_caller private.identity, p_device integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public."TbDispositivo" d
                 where d."cdDispositivo" = p_device and d."cdCliente" = any (p_caller."cdClientes")) then
    raise sqlstate 'PT404' using message = 'Device not found', hint = 'NOT_FOUND';
  end if;
end
$$;
comment on function private.require_device is 'Refuses devices that the caller does not act for.';
revoke all on function private.require_device from public;
-- Refuses what a path names and the caller does not see; the same for what does not exist.
-- Who may call it: every API role, as the RPCs run as their caller. Raises PT404 NOT_FOUND.
create function private.require_found(p_is_found boolean, p_what text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if not p_is_found then
    raise sqlstate 'PT404' using hint = 'NOT_FOUND',
      message = format('The %s does not exist or is not visible to you.', p_what);
  end if;
end
$$;
comment on function private.require_found is 'Raises PT404 for a resource that is not visible.';
revoke all on function private.require_found from public;
grant execute on function private.require_found to authenticated, service_role;
-- Raises PT400 INVALID_PARAMETER.
create function private.require_key_limits(p_minute_limit integer, p_daily_quota integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if least(p_minute_limit, p_daily_quota) < 1 then
    raise sqlstate 'PT400' using message = 'A limit must be at least 1, or null for no limit',
      hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_key_limits is 'Refuses limits below 1.';
revoke all on function private.require_key_limits from public;
-- The caller, who must be allowed to manage keys. A key with a limit that could make another key, or raise
-- its own limit, would have none; so would one that was made by a key with a limit. What the caller rests on,
-- the person and the key, is locked and looked up once more, so that somebody who is removed or demoted at
-- the same moment makes no key, nor does a key that is revoked. Called by the functions that make and change
-- keys, and by public.criar_credencial.
-- Raises PT401, PT403 FORBIDDEN, PT429.
create function private.require_key_management() returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_key_id uuid := (private.calling_key(v_caller))."cdApiKey";
begin
  if exists (select from private.key_lineage(v_key_id) k
             where k."nrLimiteMinuto" is not null or k."nrCotaDiaria" is not null) then
    raise sqlstate 'PT403' using message = 'A key with a limit cannot make or change keys or logins',
      hint = 'FORBIDDEN';
  end if;
  if v_caller."dsTipo" in ('user', 'key') then
    perform private.lock_profile(private.key_owner(v_caller));
    perform from public."TbApiKeys" k where k."cdApiKey" = v_key_id for share;
    perform private.forget_caller();
    v_caller := private.require_caller();
    if not 'admin' = any (v_caller."dsPermissoes") then
      raise sqlstate 'PT403' using message = 'This needs the permission "admin"', hint = 'FORBIDDEN';
    end if;
  end if;
  return v_caller;
end
$$;
comment on function private.require_key_management is
  'The caller, if it may make and change keys; raises PT401, PT403 or PT429 otherwise.';
revoke all on function private.require_key_management from public;
-- p_uncounted: calls of this transaction that could not be counted.
-- Raises PT429 RATE_LIMITED, QUOTA_EXCEEDED; detail: seconds to wait.
create function private.require_key_quota(p_key public."TbApiKeys", p_uncounted integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_minute timestamptz := date_trunc('minute', now());
  v_day timestamp := date_trunc('day', now() at time zone 'UTC');
  v_use record;
begin
  select sum(u."nrMinuto") filter (where u."dtMinuto" = v_minute) as minute,
         sum(u."nrDia") filter (where u."dtDia" = v_day::date) as day
  into v_use from public."TbUsoApiKey" u where u."cdApiKey" = p_key."cdApiKey";
  if v_use.minute + p_uncounted > p_key."nrLimiteMinuto" then
    raise sqlstate 'PT429' using hint = 'RATE_LIMITED',
      message = format('This key may make %s calls a minute', p_key."nrLimiteMinuto"),
      detail = ceil(extract(epoch from v_minute + interval '1 minute' - now()))::text;
  end if;
  if v_use.day + p_uncounted > p_key."nrCotaDiaria" then
    raise sqlstate 'PT429' using hint = 'QUOTA_EXCEEDED',
      message = format('This key may make %s calls a day (UTC)', p_key."nrCotaDiaria"),
      detail = ceil(extract(epoch from v_day + interval '1 day' - (now() at time zone 'UTC')))::text;
  end if;
end
$$;
comment on function private.require_key_quota is 'Refuses a key that has exceeded one of its limits.';
revoke all on function private.require_key_quota from public;
-- Nobody can grant more than they have. Raises PT400 INVALID_PARAMETER, PT403 FORBIDDEN.
create function private.require_key_scope(
  p_caller private.identity, p_clients integer[], p_permissions text[]
) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(p_permissions <@ '{read,ingest,admin}' and cardinality(p_permissions) > 0, false) then
    raise sqlstate 'PT400' using message = 'dsPermissoes must be a list of read, ingest and admin',
      hint = 'INVALID_PARAMETER';
  end if;
  if not (coalesce(p_clients, '{}') <@ p_caller."cdClientes"
          and p_permissions <@ p_caller."dsPermissoes") then
    raise sqlstate 'PT403' using message = 'A key cannot do more than the caller who makes it',
      hint = 'FORBIDDEN';
  end if;
end
$$;
comment on function private.require_key_scope is 'Refuses a key that could do more than the caller.';
revoke all on function private.require_key_scope from public;
-- The caller, who must be allowed to manage people now, while nobody changes that: somebody who is removed or
-- demoted at the same moment invites, promotes and removes nobody. Both people are locked, in one order, as
-- two admins may be removing each other. Called by the functions that change people and make invitations.
-- p_person  who is to be changed, if anybody
-- Raises PT401, PT403 FORBIDDEN, PT429.
create function private.require_people_change(p_person uuid default null) returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_management();
begin
  if v_caller."dsTipo" = 'user' then
    perform from public.profiles p
    where p.id in (substring(v_caller."dsChamador" from 6)::uuid, p_person) order by p.id for update;
    perform private.forget_caller();
    v_caller := private.require_caller();
    if not 'admin' = any (v_caller."dsPermissoes") then
      raise sqlstate 'PT403' using message = 'This needs the permission "admin"', hint = 'FORBIDDEN';
    end if;
  end if;
  return v_caller;
end
$$;
comment on function private.require_people_change is
  'The caller, if it may change people and make invitations; raises PT401, PT403 or PT429 otherwise.';
revoke all on function private.require_people_change from public;
-- The caller, who must be an admin in person, or the service: whoever invites and promotes people can get
-- more than a key has, for longer than the key lasts. Called by the functions that manage people and
-- invitations.
-- Raises PT401, PT403 FORBIDDEN, PT429.
create function private.require_people_management() returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
begin
  if v_caller."dsTipo" not in ('user', 'service') then
    raise sqlstate 'PT403' using message = 'People and invitations need the token of a person, not a key',
      hint = 'FORBIDDEN';
  end if;
  return v_caller;
end
$$;
comment on function private.require_people_management is
  'The caller, if it may manage people and invitations; raises PT401, PT403 or PT429 otherwise.';
revoke all on function private.require_people_management from public;
-- Guard of every RPC: the caller, who must be known and have the permission. Volatile because it counts the
-- use of keys.
-- Who may call it: the API roles.
-- Security definer: reads profiles and keys, and counts the use of keys, which API roles may not do.
-- Raises PT401 UNAUTHORIZED (missing or invalid credentials), PT403 FORBIDDEN (the caller lacks the
-- permission), PT429 RATE_LIMITED, QUOTA_EXCEEDED (the key has exceeded a limit).
create function private.require_permission(p_permission text) returns private.identity
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_error text := private.permission_error(v_caller, p_permission);
begin
  if v_error is not null then
    raise sqlstate 'PT403' using message = v_error, hint = 'FORBIDDEN';
  end if;
  if v_caller."dsTipo" = 'key' then
    perform private.count_key_use(substring(v_caller."dsChamador" from 5));
  end if;
  perform private.report_clients(v_caller);
  return v_caller;
end
$$;
comment on function private.require_permission is
  'The caller, if it has the permission and is within its limits; raises PT401, PT403 or PT429 otherwise.';
revoke all on function private.require_permission from public;
grant execute on function private.require_permission to authenticated, service_role;
-- A key manages no key that may do more than itself: not for other clients, not more, not for longer and not
-- more often; nor one that it was made by, however little that may do. Of people only the clients and
-- permissions count, where a text is handed out (private.require_key_scope). Called by the functions that
-- make and change keys. Raises PT403 FORBIDDEN.
create function private.require_within_key(p_caller private.identity, p_key public."TbApiKeys") returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_calling public."TbApiKeys" := private.calling_key(p_caller);
begin
  if p_caller."dsTipo" = 'key' and not coalesce(
       (p_caller.is_service or p_key."cdClientes" <@ p_caller."cdClientes")
       and p_key."dsPermissoes" <@ p_caller."dsPermissoes"
       and (v_calling."dtExpiracao" is null or p_key."dtExpiracao" <= v_calling."dtExpiracao")
       and (v_calling."nrLimiteMinuto" is null or p_key."nrLimiteMinuto" <= v_calling."nrLimiteMinuto")
       and (v_calling."nrCotaDiaria" is null or p_key."nrCotaDiaria" <= v_calling."nrCotaDiaria"), false) then
    raise sqlstate 'PT403' using message = 'A key cannot manage a key that may do more than itself',
      hint = 'FORBIDDEN';
  elsif p_key."cdApiKey" in (select k."cdApiKey" from private.key_lineage(v_calling."cdApiKeyMae") k) then
    raise sqlstate 'PT403' using message = 'A key cannot manage the key that made it', hint = 'FORBIDDEN';
  end if;
end
$$;
comment on function private.require_within_key is 'Refuses keys that may do more than the key that calls.';
revoke all on function private.require_within_key from public;
-- Who calls. The claims only say who (a person's sub, the SHA-256 of an API key, or the code of a tracker
-- without credentials); what that caller may see is looked up here. Service rights follow from the database
-- role, which no claim can change. Returns null for an unknown caller. Part of private.current_caller, whose
-- rights it needs: it reads profiles and keys.
create function private.resolve_caller() returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb;
begin
  if current_setting('role') = 'service_role'
     or (current_setting('role') = 'none' and pg_has_role(session_user, 'service_role', 'usage')) then
    return private.service_identity();
  end if;
  v_claims := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  if v_claims ? 'key_sha256' then
    return private.key_identity(v_claims ->> 'key_sha256');
  end if;
  if v_claims ? 'cd_dispositivo' then
    return private.device_identity(v_claims ->> 'cd_dispositivo');
  end if;
  return private.user_identity(v_claims ->> 'sub');
end
$$;
comment on function private.resolve_caller is
  'The caller of this request, or null. Resolved from the claims by PostgreSQL.';
revoke all on function private.resolve_caller from public;
-- Called by private.current_caller, as are the other *_identity functions. One generic plan for all calls
-- (plan_cache_mode): otherwise PostgreSQL decides whether to plan again with the planner settings of whoever
-- reads, and each call would be planned anew.
create function private.service_identity() returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select private.make_identity(
      p_kind => 'service',
      p_caller => 'service',
      p_client => null,
      p_clients => array(select c."cdCliente" from public."TbCliente" c),
      p_permissions => '{read,ingest,admin}',
      p_is_service => true));
end
$$;
comment on function private.service_identity is 'The service itself: every client, every permission.';
revoke all on function private.service_identity from public;
-- The first client, admin and API key of an installation, in one transaction; what exists is left as it is.
-- The answer says what is new, and holds the text of a new key, which is shown once. One call at a time.
-- p_ds_chave       name of the key; one of this name that the person has and that is valid is left alone
-- p_ds_permissoes  of read, ingest, admin
-- Who: the owner of the tables, by scripts/admin. No API role may call it.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no account), PT409 CONFLICT (belongs to another client).
create function private.set_up(
  p_ds_cliente text, p_ds_email text, p_ds_nome text, p_ds_chave text, p_ds_permissoes text[]
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_client record;
  v_admin record;
  v_key public."TbApiKeys";
  v_answer jsonb;
begin
  if not coalesce(
    btrim(p_ds_cliente) <> '' and btrim(p_ds_chave) <> '' and p_ds_email ~ '^[^@\s]+@[^@\s]+$'
    and p_ds_permissoes <@ '{read,ingest,admin}' and cardinality(p_ds_permissoes) > 0, false)
  then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER', message =
      'Names must not be empty, the address needs an @, permissions are of read, ingest and admin';
  end if;
  lock table public."TbCliente" in share row exclusive mode;
  v_client := private.set_up_client(btrim(p_ds_cliente));
  v_admin := private.set_up_admin(p_ds_email, p_ds_nome, v_client.codigo);
  select k.* into v_key from public."TbApiKeys" k
  where k."cdUsuario" = v_admin.codigo and k."dsNome" = btrim(p_ds_chave) and k."blAtiva"
    and (k."dtExpiracao" is null or k."dtExpiracao" > now())
  limit 1;
  if found then
    v_answer := private.describe_key(v_key);
  else
    v_key."cdUsuario" := v_admin.codigo;
    v_key."dsNome" := btrim(p_ds_chave);
    v_key."cdClientes" := array[v_client.codigo];
    v_key."dsPermissoes" := p_ds_permissoes;
    v_answer := private.store_key(v_key);
  end if;
  return jsonb_build_object(
    'cdCliente', v_client.codigo, 'blClienteNovo', v_client.novo,
    'cdUsuario', v_admin.codigo, 'blAdminNovo', v_admin.novo, 'chave', v_answer);
end
$$;
comment on function private.set_up is 'Creates the first client, admin and API key of an installation.';
revoke all on function private.set_up from public;
-- The account of this address, with a profile. Without Supabase Auth (whose tables include auth.identities)
-- one is made, which nobody can sign in to: tokens of whoever issues them name its id.
-- Called by private.set_up_admin and private.set_up_gateway. Raises PT404 NOT_FOUND.
create function private.set_up_account(p_ds_email text) returns uuid
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_account uuid := (
    select a.id from auth.users a where lower(a.email) = lower(p_ds_email) and a.deleted_at is null);
begin
  if v_account is null and to_regclass('auth.identities') is not null then
    raise sqlstate 'PT404' using hint = 'NOT_FOUND',
      message = format('%s has no account: sign up at Supabase Auth first', p_ds_email);
  elsif v_account is null then
    insert into auth.users as a (id, email, aud, role, email_confirmed_at, created_at, updated_at)
    values (gen_random_uuid(), p_ds_email, 'authenticated', 'authenticated', now(), now(), now())
    returning a.id into v_account;
  end if;
  insert into public.profiles (id) values (v_account) on conflict do nothing;
  return v_account;
end
$$;
comment on function private.set_up_account is 'Finds or creates the account of an address.';
revoke all on function private.set_up_account from public;
-- The person of this address as an admin of the client. `novo` says whether it was not before. Nobody is
-- taken from another client, and the role service stays.
-- Called by private.set_up. Raises PT404 NOT_FOUND, PT409 CONFLICT.
create function private.set_up_admin(
  p_ds_email text, p_ds_nome text, p_cd_cliente integer, out codigo uuid, out novo boolean
)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_person public.profiles;
begin
  codigo := private.set_up_account(p_ds_email);
  select p.* into v_person from public.profiles p where p.id = codigo for update;
  if v_person."cdCliente" <> p_cd_cliente or v_person.role = 'service' then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = format(
      '%s already has the role %s at client %s', p_ds_email, v_person.role,
      coalesce(v_person."cdCliente"::text, 'none'));
  end if;
  novo := v_person."cdCliente" is null or v_person.role <> 'admin';
  update public.profiles p
  set "cdCliente" = p_cd_cliente, role = 'admin', nome = coalesce(p.nome, p_ds_nome)
  where p.id = codigo and novo;
end
$$;
comment on function private.set_up_admin is 'Finds or creates a person who is an admin of the client.';
revoke all on function private.set_up_admin from public;
-- The client of this name, made if there is none. `novo` says whether it was.
-- Called by private.set_up. Raises PT409 CONFLICT where several have the name.
create function private.set_up_client(p_ds_nome text, out codigo integer, out novo boolean)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_clients integer[] := array(select c."cdCliente" from public."TbCliente" c where c."dsNome" = p_ds_nome);
begin
  if cardinality(v_clients) > 1 then
    raise sqlstate 'PT409' using message = format('Several clients are named %s: %s', p_ds_nome, v_clients),
      hint = 'CONFLICT';
  end if;
  codigo := v_clients[1];
  novo := codigo is null;
  if novo then
    insert into public."TbCliente" as c ("dsNome", "cdStatus") values (p_ds_nome, 'ativo')
    returning c."cdCliente" into codigo;
  end if;
end
$$;
comment on function private.set_up_client is 'Finds or creates the client of this name.';
revoke all on function private.set_up_client from public;
-- The key of an MQTT gateway: it may send readings for all clients, and nothing else. It belongs to an
-- account of the role service, which belongs to no client. The answer describes the key, with its text if it
-- is new, which is shown this once. A key of this name that is valid is left alone.
-- Who: the owner of the tables, by scripts/admin. No API role may call it.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no account), PT409 CONFLICT (somebody of a client).
create function private.set_up_gateway(p_ds_email text, p_ds_chave text) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_account uuid;
  v_person public.profiles;
  v_key public."TbApiKeys";
begin
  if not coalesce(btrim(p_ds_chave) <> '' and p_ds_email ~ '^[^@\s]+@[^@\s]+$', false) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'The name must not be empty, and the address needs an @';
  end if;
  lock table public."TbCliente" in share row exclusive mode; -- one call at a time, as private.set_up
  v_account := private.set_up_account(p_ds_email);
  select p.* into v_person from public.profiles p where p.id = v_account for update;
  if v_person."cdCliente" is not null then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = format(
      '%s belongs to client %s: a gateway needs an account of its own', p_ds_email, v_person."cdCliente");
  end if;
  update public.profiles p set role = 'service' where p.id = v_person.id and p.role <> 'service';
  select k.* into v_key from public."TbApiKeys" k
  where k."cdUsuario" = v_person.id and k."dsNome" = btrim(p_ds_chave) and k."blAtiva"
    and (k."dtExpiracao" is null or k."dtExpiracao" > now())
  limit 1;
  if found then
    return private.describe_key(v_key);
  end if;
  v_key."cdUsuario" := v_person.id;
  v_key."dsNome" := btrim(p_ds_chave);
  v_key."dsPermissoes" := '{ingest}';
  return private.store_key(v_key);
end
$$;
comment on function private.set_up_gateway is 'Creates the key of an MQTT gateway.';
revoke all on function private.set_up_gateway from public;
-- 64 characters that hold for this identity, backend, transaction, role and these claims only; null without a
-- secret, so that nothing is believed then. The claims come with their length, so that no part of them can be
-- taken for the identity. Hashed twice, with the secret first, as HMAC does: a hash of secret and text could
-- be continued by whoever reads it. Inlined: no SET clause. Part of private.current_caller.
create function private.sign_caller(p_secret uuid, p_caller text) returns text
language sql stable as $$
  select pg_catalog.encode(pg_catalog.sha256(pg_catalog.uuid_send(p_secret) || pg_catalog.sha256(
    pg_catalog.uuid_send(p_secret) || pg_catalog.convert_to(pg_catalog.concat(
      pg_catalog.pg_backend_pid(), '|', extract(epoch from pg_catalog.now()), '|',
      pg_catalog.current_setting('role'), '|', session_user, '|',
      pg_catalog.length(pg_catalog.current_setting('request.jwt.claims', true)), '|',
      pg_catalog.current_setting('request.jwt.claims', true), '|', p_caller), 'UTF8'))), 'hex')
$$;
comment on function private.sign_caller is 'Signature of who calls, for this transaction.';
revoke all on function private.sign_caller from public;
-- Code, hash, prefix and time of creation are new; the rest is as given. Called by public.criar_api_key and
-- public.rotacionar_api_key.
create function private.store_key(p_key public."TbApiKeys") returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_text text := private.generate_key();
  v_key public."TbApiKeys" := p_key;
begin
  v_key."cdApiKey" := gen_random_uuid();
  v_key."dsHash" := encode(sha256(convert_to(v_text, 'UTF8')), 'hex');
  v_key."dsPrefixo" := left(v_text, 12);
  v_key."blAtiva" := true;
  v_key."dtRegistro" := now();
  insert into public."TbApiKeys" as k select v_key.* returning k.* into v_key;
  return private.describe_key(v_key) || jsonb_build_object('dsKey', v_text);
end
$$;
comment on function private.store_key is
  'Creates a key and stores its hash; its text is returned and kept nowhere.';
revoke all on function private.store_key from public;
-- p_calls  1 for a key with a limit, otherwise 0
-- Part of private.count_key_use.
create function private.store_key_use(p_key_id uuid, p_slice smallint, p_calls integer) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('transaction_read_only') = 'on' then
    return;
  end if;
  insert into public."TbUsoApiKey" as u (
    "cdApiKey", "nrFatia", "dtUltimoUso", "dtMinuto", "nrMinuto", "dtDia", "nrDia")
  values (p_key_id, p_slice, now(), date_trunc('minute', now()), p_calls,
          (now() at time zone 'UTC')::date, p_calls)
  on conflict ("cdApiKey", "nrFatia") do update set
    "dtUltimoUso" = excluded."dtUltimoUso",
    "dtMinuto" = excluded."dtMinuto",
    "nrMinuto" = p_calls + case when u."dtMinuto" = excluded."dtMinuto" then u."nrMinuto" else 0 end,
    "dtDia" = excluded."dtDia",
    "nrDia" = p_calls + case when u."dtDia" = excluded."dtDia" then u."nrDia" else 0 end;
end
$$;
comment on function private.store_key_use is 'Records the use of an API key and counts a call.';
revoke all on function private.store_key_use from public;
-- PostgREST has few connections for everybody, and a request has one for as long as its statements take. So a
-- caller and a client have some at a time; what they send beyond is refused before it reads anything, and
-- others need not wait. People without a client, who have nothing to do but join one, have two each, and
-- together as many as a client: accounts are easily made. The service is not bounded, as it sends for
-- everybody. Slots are locks that end with the transaction; a standby has its own, for what it is asked.
-- Part of private.admit_caller.
-- p_caller   all null for a token whose account is not known
-- p_sub      of the token, if there is one
-- Raises PT503 BUSY.
create function private.take_share(p_caller private.identity, p_sub text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_limits private."TbConfiguracao";
  v_caller text := coalesce(p_caller."dsChamador", 'user:' || lower(p_sub), '');
begin
  if p_caller.is_service then
    return;
  end if;
  select * into v_limits from private."TbConfiguracao";
  if not private.take_slot(727475000, hashtext(v_caller), case when p_caller."cdCliente" is null
       then least(2, v_limits."nrRequisicoesChamador") else v_limits."nrRequisicoesChamador" end)
     or not private.take_slot(727474000, coalesce(p_caller."cdCliente", 0),
                              v_limits."nrRequisicoesCliente") then
    raise sqlstate 'PT503' using hint = 'BUSY', detail = '1',
      message = 'Too many of your requests are running; wait until one of them has been answered.';
  end if;
end
$$;
comment on function private.take_share is
  'Bounds how many requests of a caller, and of a client, run at a time through PostgREST.';
revoke all on function private.take_share from public;
-- One of p_most slots of p_holder until the transaction ends, or false if none is free. p_class: whose slots
-- these are, the first of a thousand numbers. Part of private.take_share.
create function private.take_slot(p_class integer, p_holder integer, p_most integer) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  for v_slot in 1 .. p_most loop
    if pg_try_advisory_xact_lock(p_class + v_slot, p_holder) then
      return true;
    end if;
  end loop;
  return false;
end
$$;
comment on function private.take_slot is 'Takes a slot until the transaction ends, if one is free.';
revoke all on function private.take_slot from public;
-- In two small steps instead of one query for both cases: every row-level security look-up calls it, and
-- starting a query is most of its cost. Called by private.current_caller and private.key_identity.
-- plan_cache_mode: see private.service_identity.
create function private.user_identity(p_sub text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_id uuid := case when p_sub ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then p_sub::uuid end;
  v_role public.role;
  v_client integer;
begin
  select p.role, p."cdCliente" into v_role, v_client
  from public.profiles p
  join auth.users a on a.id = p.id
    and a.deleted_at is null and (a.banned_until is null or a.banned_until < now())
  where p.id = v_id;
  if v_role is null then
    return null;
  elsif v_role = 'service' then
    return private.make_identity(
      p_kind => 'user',
      p_caller => 'user:' || v_id,
      p_client => v_client,
      p_clients => array(select c."cdCliente" from public."TbCliente" c),
      p_permissions => '{read,ingest,admin}',
      p_is_service => true);
  end if;
  return private.make_identity(
    p_kind => 'user',
    p_caller => 'user:' || v_id,
    p_client => v_client,
    p_clients => array(select c."cdCliente" from public."TbCliente" c
                       where c."cdCliente" = v_client or c."cdClientePai" = v_client),
    p_permissions => case v_role when 'admin' then '{read,ingest,admin}'::text[] else '{read}' end,
    p_is_service => false);
end
$$;
comment on function private.user_identity is
  'A person by its auth id: its client and that client''s children.';
revoke all on function private.user_identity from public;
-- What policies compare cdCliente with for reading. Wrapped in (select …) there, so that it runs once per
-- statement.
-- Security definer: private.current_caller is not granted to API roles.
create function private.visible_clients() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case when 'read' = any (v_caller."dsPermissoes") then v_caller."cdClientes" else '{}' end;
end
$$;
comment on function private.visible_clients is 'Clients whose rows the caller may read.';
revoke all on function private.visible_clients from public;
grant execute on function private.visible_clients to authenticated, service_role;
-- end

-- from sql/97_inventory/functions
-- Stock-taking is everyday work of a client's people, whatever their role; an API key needs the permission
-- admin, and a tracker may not do it.
-- Security definer: the caller has no rights on the tables it is identified by.
-- Who may call it: every API role, as the policies run as their caller.
create function private.inventory_clients() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case
    when v_caller."dsTipo" in ('user', 'service') or 'admin' = any (v_caller."dsPermissoes")
      then v_caller."cdClientes"
    else '{}'
  end;
end
$$;
comment on function private.inventory_clients is 'Clients whose stock the caller may count.';
revoke all on function private.inventory_clients from public;
grant execute on function private.inventory_clients to authenticated, service_role;
-- end
