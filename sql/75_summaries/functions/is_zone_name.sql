-- Whether this is the name of a time zone in the IANA database. PostgreSQL takes abbreviations and POSIX
-- texts as well, in which -03:00 and UTC-3 lie east of Greenwich, and whatever ends in a number, such as
-- America/Sao_Paulo-3. A name of letters with a slash can only be a name; others are looked for in the list,
-- which takes 20 ms.
-- Who may call it: every API role, as functions that return charts run as their caller.
create function private.is_zone_name(p_zone text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_zone in ('UTC', 'America/Sao_Paulo') then
    return true;
  elsif p_zone !~ '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$' or p_zone ~* '^(posix|right)/' then
    return false;
  elsif p_zone ~ '^[A-Za-z]+(/[A-Za-z_]+){1,2}$' then
    perform now() at time zone p_zone;
    return true;
  end if;
  return exists (
    select from pg_catalog.pg_timezone_names n
    where lower(n.name) = lower(p_zone) and lower(n.name) not in ('localtime', 'posixrules', 'factory'));
exception
  when invalid_parameter_value then
    return false;
end
$$;
comment on function private.is_zone_name is 'Whether a text is the name of a time zone in the IANA database.';
revoke all on function private.is_zone_name from public;
grant execute on function private.is_zone_name to authenticated, service_role;
