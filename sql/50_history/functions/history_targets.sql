-- The devices of a client include those it owned once: their old history stays with it. Security definer: the measuring
-- window counts for former owners too, who do not see the device any more; else the total would depend on who asks.
create function private.history_targets(p_client integer, p_device integer, p_devices integer[])
returns private.history_target[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[] := private.visible_clients();
begin
  return array(
    select row(v."cdDispositivo", d."horarioMedicaoInicio", d."horarioMedicaoFim")::private.history_target
    from (
      select distinct w."cdDispositivo" from public."TbDispositivoVinculo" w
      where w."cdCliente" = any (v_visible_clients)
        and (p_client is null or w."cdCliente" = p_client)
        and (coalesce(p_device, 0) = 0 or w."cdDispositivo" = p_device)
        and (p_devices is null or w."cdDispositivo" = any (p_devices))
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo");
end
$$;
comment on function private.history_targets is 'Devices whose history is asked for.';
revoke all on function private.history_targets from public;
grant execute on function private.history_targets to authenticated, service_role;
