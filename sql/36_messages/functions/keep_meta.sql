-- Keeps the latest that devices say of themselves beside values: each member of meta by the time of its
-- reading; a late reading adds what is not known yet. Of a batch that says more than can be kept it is the
-- latest reading's. Rows are locked in the order of devices, after those of
-- the readings. Called by public.insert_device_readings and public.insert_device_messages.
create function private.keep_meta(p_elements private.element[], p_readings jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not (p_readings @? '$[*].meta' or p_readings @? '$[*].rssi' or p_readings @? '$[*].fw') then
    return;
  end if;
  insert into public."TbDispositivoMeta" as k ("cdDispositivo", "cdCliente", "dtRegistro", "jsMeta")
  select e."cdDispositivo", e."cdCliente", max(e."dtRegistro"), private.joined_meta(
           jsonb_object_agg(m.key, m.value order by e."dtRegistro", e.batch_index),
           (array_agg(o.meta order by e."dtRegistro" desc, e.batch_index desc))[1])
  from unnest(p_elements) e
  cross join lateral (
    select private.said_of_itself(p_readings -> e.batch_index) as meta offset 0
  ) o
  cross join lateral jsonb_each(case when jsonb_typeof(o.meta) = 'object' then o.meta else '{}' end) m
  where e.verdict in ('stored', 'duplicate')
  group by e."cdDispositivo", e."cdCliente"
  order by e."cdDispositivo", e."cdCliente"
  on conflict ("cdDispositivo", "cdCliente") do update set
    "dtRegistro" = greatest(k."dtRegistro", excluded."dtRegistro"),
    "jsMeta" = case
      when excluded."dtRegistro" < k."dtRegistro" then private.joined_meta(excluded."jsMeta", k."jsMeta")
      else private.joined_meta(k."jsMeta", excluded."jsMeta")
    end
  where excluded."dtRegistro" > k."dtRegistro"
    or not k."jsMeta" ?& array(select jsonb_object_keys(excluded."jsMeta"));
end
$$;
comment on function private.keep_meta is 'Keeps the latest meta of devices.';
revoke all on function private.keep_meta from public;
