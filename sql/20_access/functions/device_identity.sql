create function private.device_identity(p_device text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_code integer := case when p_device ~ '^[0-9]{1,9}$' then p_device::integer end;
begin
  return (
    select row('device', 'device:' || d."cdDispositivo", d."cdCliente", array[d."cdCliente"], '{ingest}', false)::private.identity
    from public."TbDispositivoLiberado" l
    join public."TbDispositivo" d on d."cdDispositivo" = l."cdDispositivo"
    where l."cdDispositivo" = v_code and l."dtFim" > now() and d."cdCliente" is not null);
end
$$;
comment on function private.device_identity is 'A tracker that may send without credentials, for as long as it may.';
revoke all on function private.device_identity from public;
