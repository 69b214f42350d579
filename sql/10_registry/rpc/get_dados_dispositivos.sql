-- Devices of products with their site and current position, as VwRelDadosDispositivo shows them.
-- p_cd_dispositivo        0: all
-- p_dt_inicio, p_dt_fim   time of the current position, both ends included; null: any
-- Who: callers with the permission read; row-level security decides which devices.
create function public.get_dados_dispositivos(
  p_cd_dispositivo integer default 0, p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  return (
    select coalesce(json_agg(v order by v."cdDispositivo"), '[]')
    from public."VwRelDadosDispositivo" v
    where (p_cd_dispositivo = 0 or v."cdDispositivo" = p_cd_dispositivo)
      and (p_dt_inicio is null or v."dtRegistro" >= p_dt_inicio at time zone 'UTC')
      and (p_dt_fim is null or v."dtRegistro" <= p_dt_fim at time zone 'UTC'));
end
$$;
comment on function public.get_dados_dispositivos is 'Devices with their site and current position.';
revoke all on function public.get_dados_dispositivos from public;
grant execute on function public.get_dados_dispositivos to authenticated, service_role;
