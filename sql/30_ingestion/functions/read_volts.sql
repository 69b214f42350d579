-- What a device sends as nrBat, in volts: percentages are those of 3.7 V. Null outside 0 to 60 V.
-- Inlined: no SET clause.
create function private.read_volts(p_number double precision, p_unit text) returns double precision
language sql immutable parallel safe as $$
  select case p_unit
    when 'V' then case when p_number between 0 and 60 then p_number end
    when 'mV' then case when p_number between 0 and 60000 then p_number / 1000 end
    when '%' then case when p_number between 0 and 1621.6216 then p_number * 3.7 / 100 end
  end
$$;
comment on function private.read_volts is 'A battery''s reading in volts; null when it cannot be one.';
revoke all on function private.read_volts from public;
