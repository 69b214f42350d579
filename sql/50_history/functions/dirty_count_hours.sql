-- Hours of devices in which something was written or deleted since they were counted. Security definer: marks are nobody
-- else's to read.
create function private.dirty_count_hours(p_targets private.history_target[], p_since timestamp, p_until timestamp) returns private.data_range[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return array(
    select distinct row(a."cdDispositivo", null, p."dtHora", p."dtHora" + interval '1 hour')::private.data_range
    from unnest(p_targets) a
    join private."TbRollupPendente" p on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" >= p_since and p."dtHora" < p_until
    where exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = a."cdDispositivo" and d."cdCliente" = any ((select private.visible_clients())::integer[])));
end
$$;
comment on function private.dirty_count_hours is
  'Hours of devices that are counted on reading, as something in them changed.';
revoke all on function private.dirty_count_hours from public;
grant execute on function private.dirty_count_hours to authenticated, service_role;
