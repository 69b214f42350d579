-- The latest value of every sensor of many devices, in pages by device and sensor:
-- {data: [{cdDispositivo, cdSensor, cdTipoSensor, dsPonto, dsUnidade, dtRegistro, nrValor, blValor, dsValor,
-- nrQualidade}], nextCursor}. Every sensor that is on a device now has a row; its value is null until it has
-- reported from there (private.current_values). Faults (nrQualidade 2) are values, too.
-- p_cd_cliente, p_cd_produto, p_cd_dispositivos   of these devices; null: all
-- p_cd_tipos_sensor                               sensors of these types; null: all
-- p_page_size                                     sensors per page, 1 to 1,000
-- p_cursor                                        nextCursor of the previous page
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_ultimos_valores(p_cd_cliente integer default null,
  p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
  p_cd_tipos_sensor bigint[] default null, p_page_size integer default 1000, p_cursor text default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_key text[] := private.read_cursor(p_cursor, '^(\d{1,10}),(\d{1,10})$');
  v_device integer := v_key[1]::integer;
  v_sensor integer := v_key[2]::integer;
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_few('cdTiposSensor', p_cd_tipos_sensor);
  perform private.require_page(p_page_size);
  return (
    with target as materialized (
      select s."cdDispositivo", s."cdSensor", s."cdTipoSensor", s."dsPonto", d."cdCliente",
             row_number() over (order by s."cdDispositivo", s."cdSensor") as n
      from public."TbDispositivo" d
      join public."TbSensor" s on s."cdDispositivo" = d."cdDispositivo"
      where (p_cd_cliente is null or d."cdCliente" = p_cd_cliente)
        and (p_cd_produto is null or d."cdProduto" = p_cd_produto)
        and (p_cd_dispositivos is null or d."cdDispositivo" = any (p_cd_dispositivos))
        and (p_cd_tipos_sensor is null or s."cdTipoSensor" = any (p_cd_tipos_sensor))
        and (v_device is null or (s."cdDispositivo", s."cdSensor") > (v_device, v_sensor))
      order by s."cdDispositivo", s."cdSensor" limit p_page_size + 1
    ), page as materialized (
      select array_agg(t."cdSensor" order by t.n) as sensors,
             array_agg(t."cdDispositivo" order by t.n) as devices,
             array_agg(t."cdCliente" order by t.n) as clients
      from target t where t.n <= p_page_size
    ), entry as (
      select t.n, t."cdDispositivo", t."cdSensor", json_build_object(
               'cdDispositivo', t."cdDispositivo", 'cdSensor', t."cdSensor",
               'cdTipoSensor', t."cdTipoSensor", 'dsPonto', t."dsPonto", 'dsUnidade', k."dsUnidade",
               'dtRegistro', v."dtRegistro", 'nrValor', v."nrValor", 'blValor', v."blValor",
               'dsValor', v."dsValor", 'nrQualidade', v."nrQualidade") as entry
      from target t
      left join public."TbTipoSensor" k on k.id = t."cdTipoSensor"
      left join (
        select c.* from page p cross join lateral private.current_values(p.sensors, p.devices, p.clients) c
      ) v on v.sensor = t."cdSensor"
    )
    select json_build_object(
      'data', coalesce(json_agg(e.entry order by e.n) filter (where e.n <= p_page_size), '[]'),
      'nextCursor', case when count(*) > p_page_size then private.write_cursor(array[
        (max(e."cdDispositivo") filter (where e.n = p_page_size))::text,
        (max(e."cdSensor") filter (where e.n = p_page_size))::text]) end)
    from entry e);
end
$$;
comment on function public.get_ultimos_valores is 'The latest value of every sensor of many devices.';
revoke all on function public.get_ultimos_valores from public;
grant execute on function public.get_ultimos_valores to authenticated, service_role;
