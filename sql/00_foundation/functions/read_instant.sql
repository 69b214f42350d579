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
