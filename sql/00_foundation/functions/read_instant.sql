-- Accepts real dates only (leap years included), so that the cast cannot fail. Without an offset it is UTC
-- already. Nearly all are written as RFC 3339 has them; other forms of ISO 8601 take a function call.
-- Inlined: no SET clause.
create function private.read_instant(p_text text) returns timestamp
language sql stable parallel safe as $$
  select case
    when p_text !~ ('^(?!0000)(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])'
      || '|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))'
      || '|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)'
      || '[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?'
      || '(?:[Zz]|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?$') then private.read_other_instant(p_text)
    when p_text ~ '(?:[Zz]|[+-]\d\d(?::?\d\d)?)$' then p_text::timestamptz at time zone 'UTC'
    else p_text::timestamp
  end
$$;
comment on function private.read_instant is
  'An ISO 8601 instant as UTC timestamp; null when the text is not one.';
revoke all on function private.read_instant from public;
