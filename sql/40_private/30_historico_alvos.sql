-- Whose history is asked for.

-- A measuring window includes both ends and may cross midnight; without one it is all day. Inlined: no SET clause.
create function private.na_janela(p_hora time, p_inicio time, p_fim time) returns boolean
language sql immutable parallel safe as $$
  select case
    when p_inicio is null or p_fim is null then true
    when p_inicio <= p_fim then p_hora between p_inicio and p_fim
    else p_hora >= p_inicio or p_hora <= p_fim
  end
$$;
comment on function private.na_janela(time, time, time) is 'The time of day lies in the measuring window.';
revoke all on function private.na_janela(time, time, time) from public;
grant execute on function private.na_janela(time, time, time) to authenticated, service_role;

-- The devices of a client include those it owned once: their old history stays with it. Security definer: the measuring
-- window counts for former owners too, who do not see the device any more; else the total would depend on who asks.
create function private.alvos_do_historico(p_cd_cliente integer, p_cd_dispositivo integer, p_cd_dispositivos integer[])
returns private.alvo_historico[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visiveis integer[] := private.clientes_visiveis();
begin
  return array(
    select row(v."cdDispositivo", d."horarioMedicaoInicio", d."horarioMedicaoFim")::private.alvo_historico
    from (
      select distinct w."cdDispositivo" from public."TbDispositivoVinculo" w
      where w."cdCliente" = any (v_visiveis)
        and (p_cd_cliente is null or w."cdCliente" = p_cd_cliente)
        and (coalesce(p_cd_dispositivo, 0) = 0 or w."cdDispositivo" = p_cd_dispositivo)
        and (p_cd_dispositivos is null or w."cdDispositivo" = any (p_cd_dispositivos))
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo");
end
$$;
comment on function private.alvos_do_historico(integer, integer, integer[]) is 'Devices whose history is asked for.';
revoke all on function private.alvos_do_historico(integer, integer, integer[]) from public;
grant execute on function private.alvos_do_historico(integer, integer, integer[]) to authenticated, service_role;
