-- Hours of devices in which a position was written or deleted since they were counted.
-- Security definer: no API role may read TbRollupPendente; only devices that the caller's clients own or
-- owned are looked at.
-- Who may call it: every API role.
create function private.dirty_count_hours(p_targets private.history_target[], p_since timestamp,
  p_until timestamp) returns private.data_range[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return array(
    select distinct private.make_data_range(p_code => a."cdDispositivo", p_client => null,
      p_since => p."dtHora", p_until => p."dtHora" + interval '1 hour')
    from unnest(p_targets) a
    join private."TbRollupPendente" p
      on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" >= p_since and p."dtHora" < p_until
    where exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = a."cdDispositivo"
        and d."cdCliente" = any ((select private.visible_clients())::integer[])));
end
$$;
comment on function private.dirty_count_hours is
  'Dirty hours of devices: their positions are counted row by row.';
revoke all on function private.dirty_count_hours from public;
grant execute on function private.dirty_count_hours to authenticated, service_role;
