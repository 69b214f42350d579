create function private.exigir_lote(p_readings jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_limite integer := (select "nrElementosLote" from private."TbConfiguracao");
begin
  if jsonb_typeof(p_readings) is distinct from 'array' then
    raise sqlstate 'PT400' using message = 'A batch is a JSON list of readings', hint = 'MALFORMED';
  end if;
  if jsonb_array_length(p_readings) > v_limite then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('A batch has at most %s readings, this one has %s', v_limite, jsonb_array_length(p_readings));
  end if;
end
$$;
comment on function private.exigir_lote(jsonb) is 'PT400 or PT413 unless the argument is a batch of allowed size.';
revoke all on function private.exigir_lote(jsonb) from public;

-- A rehearsal is the real thing, undone: the verdicts are those that storing would give.
create function private.ensaiar(p_readings jsonb, p_clientes integer[]) returns private.elemento[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elementos private.elemento[];
begin
  v_elementos := private.ingerir(p_readings, p_clientes, now() at time zone 'UTC');
  raise sqlstate 'RA003';
exception
  when sqlstate 'RA003' then
    return v_elementos;
end
$$;
comment on function private.ensaiar(jsonb, integer[]) is 'Verdicts of a batch without storing anything.';
revoke all on function private.ensaiar(jsonb, integer[]) from public;
