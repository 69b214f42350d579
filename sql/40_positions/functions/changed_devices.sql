-- Devices whose current position changed from a horizon on (private.change_horizon); row-level security
-- decides which. A number that this server has not given yet came with a restored dump: such a row changed
-- before every horizon. Inlined: no SET clause.
create function private.changed_devices(p_horizon xid8) returns setof integer
language sql stable as $$
  select a."cdDispositivo" from public."TbPosicaoAtual" a
  where a."nrTransacao" >= private.known_horizon(p_horizon)
    and (private.known_horizon(p_horizon) = '0' or a."nrTransacao" < pg_snapshot_xmax(pg_current_snapshot())
         or a."nrTransacao" = pg_current_xact_id_if_assigned())
$$;
comment on function private.changed_devices is
  'Devices whose current position changed from a horizon on, repeats included.';
revoke all on function private.changed_devices from public;
grant execute on function private.changed_devices to authenticated, service_role;
