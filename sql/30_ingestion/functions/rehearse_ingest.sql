-- A real ingest that is undone: the verdicts are those that storing would give.
-- p_months   as of private.ingest
-- Called by public.insert_device_readings and private.rehearse_import.
create function private.rehearse_ingest(p_readings jsonb, p_clients integer[], p_months integer default 0)
returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[];
begin
  v_elements := private.ingest(p_readings, p_clients, now() at time zone 'UTC', p_months);
  raise sqlstate 'RA003';
exception
  when sqlstate 'RA003' then
    return v_elements;
end
$$;
comment on function private.rehearse_ingest is 'Verdicts of a batch without storing anything.';
revoke all on function private.rehearse_ingest from public;
