-- Raises PT400 MALFORMED (not a list), PT413 TOO_LARGE (too many elements).
create function private.require_batch(p_readings jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_limit integer := (select "nrElementosLote" from private."TbConfiguracao");
begin
  if jsonb_typeof(p_readings) is distinct from 'array' then
    raise sqlstate 'PT400' using message = 'A batch must be a JSON list of readings', hint = 'MALFORMED';
  end if;
  if jsonb_array_length(p_readings) > v_limit then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('The batch has %s readings; the limit is %s',
                       jsonb_array_length(p_readings), v_limit);
  end if;
end
$$;
comment on function private.require_batch is
  'Raises PT400 or PT413 unless the argument is a batch of allowed size.';
revoke all on function private.require_batch from public;
