-- For trackers that cannot be given credentials, and only until the date agreed. Called by
-- private.current_caller. plan_cache_mode: see private.service_identity.
create function private.device_identity(p_device text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_code integer := case when p_device ~ '^[0-9]{1,9}$' then p_device::integer end;
begin
  return (
    select private.make_identity(
      p_kind => 'device',
      p_caller => 'device:' || d."cdDispositivo",
      p_client => d."cdCliente",
      p_clients => array[d."cdCliente"],
      p_permissions => '{ingest}',
      p_is_service => false)
    from public."TbDispositivoLiberado" l
    join public."TbDispositivo" d on d."cdDispositivo" = l."cdDispositivo"
    where l."cdDispositivo" = v_code and l."dtFim" > now() and d."cdCliente" is not null);
end
$$;
comment on function private.device_identity is
  'A tracker that may still send without credentials, by its code.';
revoke all on function private.device_identity from public;
