-- The devices of a request for history. The devices of a client include those it owned before: their old
-- history stays with it.
-- p_client   null: every visible one;  p_device   null or 0: all;  p_devices   null: all
-- For a former owner the measuring window is the one that the device had when it moved; for who also sees the
-- present owner, that of the device.
-- Security definer: former owners can no longer see the device. Only devices that the caller's clients own or
-- owned are returned.
-- Who may call it: every API role.
create function private.history_targets(p_client integer, p_device integer, p_devices integer[])
returns private.history_target[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[] := private.visible_clients();
begin
  return array(
    select private.make_history_target(
      p_device => v."cdDispositivo",
      p_starts => case when v."dtFim" is null then d."horarioMedicaoInicio" else v."horarioMedicaoInicio" end,
      p_ends => case when v."dtFim" is null then d."horarioMedicaoFim" else v."horarioMedicaoFim" end)
    from (
      select distinct on (w."cdDispositivo") w.* from public."TbDispositivoVinculo" w
      where w."cdCliente" = any (v_visible_clients)
        and (p_client is null or w."cdCliente" = p_client)
        and (coalesce(p_device, 0) = 0 or w."cdDispositivo" = p_device)
        and (p_devices is null or w."cdDispositivo" = any (p_devices))
      order by w."cdDispositivo", w."dtFim" desc nulls first
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo");
end
$$;
comment on function private.history_targets is
  'Devices whose history is requested, with their measuring windows.';
revoke all on function private.history_targets from public;
grant execute on function private.history_targets to authenticated, service_role;
