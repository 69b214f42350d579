-- The verdicts that an import would give. Creating partitions only to undo it would burden everybody's
-- catalogue, so readings of months that have none are not written: nothing can be stored there that they
-- repeat or contradict but each other.
-- Called by public.importar_historico.
create function private.rehearse_import(p_readings jsonb, p_clients integer[], p_months integer)
returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := array(
    select e from unnest(private.reject_expired(array(
      select r from private.read_elements(p_readings, p_clients, now() at time zone 'UTC', p_months) r))) e
    where e.verdict = 'stored');
  v_closed timestamp[] := array(
    select m.month
    from (select distinct date_trunc('month', e."dtRegistro") as month from unnest(v_elements) e) m
    where not private.is_open_month(m.month));
  v_new private.element[] := private.settle_overlapping(array(
    select e from unnest(v_elements) e
    where date_trunc('month', e."dtRegistro") = any (v_closed) and not private.names_sensor_twice(e)
    order by e.batch_index));
  v_others jsonb := p_readings;
begin
  if v_new <> '{}' then
    v_others := (
      select jsonb_agg(case when e.batch_index is null then o.e else '{}' end order by o.n)
      from jsonb_array_elements(p_readings) with ordinality as o(e, n)
      left join unnest(v_new) e on e.batch_index = o.n - 1);
  end if;
  return array(
    select case when n.batch_index is null then e else n end
    from unnest(private.rehearse_ingest(v_others, p_clients, p_months)) e
    left join unnest(v_new) n on n.batch_index = e.batch_index
    order by e.batch_index);
end
$$;
comment on function private.rehearse_import is 'Verdicts of an import without storing anything.';
revoke all on function private.rehearse_import from public;
