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
