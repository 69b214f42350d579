-- Maintenance step: after the measuring window of a device was edited, its days are counted again, up to 100
-- per call. Until then readers count those days row by row, as each day says for which window it was counted.
-- Returns how many days were counted; 0 when there is nothing to do.
create function private.recount_changed_windows() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_device integer;
  v_days timestamp[];
begin
  select m.* into v_state from private."TbRollupMarca" m for update;
  select p."cdDispositivo" into v_device from private."TbRollupPendente" p
  where p."dtHora" = '-infinity' order by p."cdPendente" limit 1;
  if v_device is null then
    return 0;
  end if;
  v_days := array(
    select distinct c."dtDia"::timestamp
    from series."TbContagemDiaria" c
    join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
    where c."cdDispositivo" = v_device
      and (c."horarioMedicaoInicio", c."horarioMedicaoFim")
        is distinct from (d."horarioMedicaoInicio", d."horarioMedicaoFim")
    limit 100);
  if v_days = '{}' then
    delete from private."TbRollupPendente" p where p."dtHora" = '-infinity' and p."cdDispositivo" = v_device;
    return 1;
  end if;
  return private.count_hours(array_fill(v_device, array[cardinality(v_days)]), v_days,
    array(select d + interval '1 hour' from unnest(v_days) d), v_state."dtPiso", v_state."dtMarca");
end
$$;
comment on function private.recount_changed_windows is
  'Maintenance step: counts days again after their measuring window was edited.';
revoke all on function private.recount_changed_windows from public;
