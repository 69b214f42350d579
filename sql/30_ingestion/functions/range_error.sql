-- Why a reading of this time is out of range, and what can be done, as 'CODE text'.
-- p_sent     dtRegistro as it was sent
-- p_months   as of private.read_elements
-- Called by private.read_elements; plpgsql, as private.in_sensor_unit.
create function private.range_error(p_sent jsonb, p_time timestamp, p_now timestamp,
  p_config private."TbConfiguracao", p_months integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_month timestamp := date_trunc('month', p_now);
  v_since timestamp := v_month - make_interval(months => greatest(p_config."nrMesesAtras", p_months));
  v_import timestamp := v_month - make_interval(months => p_config."nrMesesImportacao");
begin
  return format('TIMESTAMP_OUT_OF_RANGE dtRegistro %s is not between %s and %s UTC',
                left(p_sent::text, 40), v_since::date,
                date_trunc('second', p_now + make_interval(mins => p_config."nrMinutosAdiante")))
    || case
      when p_time >= v_since then ''
      when p_months > 0 then '; nrMesesImportacao of TbConfiguracao, set by the operator, says how far back'
      when p_time >= v_import
        then format('; admins can import history from %s on', v_import::date)
      else ''
    end;
end
$$;
comment on function private.range_error is 'Why the time of a reading is out of range.';
revoke all on function private.range_error from public;
