-- What is told about the positions of a page.

-- Sensors that ever were on these devices. Security definer: after a device or sensor moved on, the history of its former
-- owner stays readable, though the sensor itself is not visible to them any more.
create function private.sensores_do_historico(p_dispositivos integer[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, "nrUnidadeIni" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct v."cdDispositivo", s."cdSensor", s."cdTipoSensor", s."nrUnidadeIni"
  from public."TbSensorVinculo" v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  where v."cdDispositivo" = any (p_dispositivos)
    and exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = v."cdDispositivo"
        and d."cdCliente" = any ((select private.clientes_visiveis())::integer[]))
$$;
comment on function private.sensores_do_historico(integer[]) is
  'Sensors that ever were on devices that the caller''s clients ever owned.';
revoke all on function private.sensores_do_historico(integer[]) from public;
grant execute on function private.sensores_do_historico(integer[]) to authenticated, service_role;

-- Items that the sensors of these devices ever counted. Security definer as above, and for the same reason: an item is told where
-- it was counted, whatever product it belongs to now.
create function private.itens_do_historico(p_dispositivos integer[])
returns table ("cdProdutoItem" integer, "dsNome" text, "nrPesoUnit" double precision, "nrAlt" double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select i."cdProdutoItem", i."dsNome", i."nrPesoUnit", i."nrAlt"
  from public."TbProdutoItem" i
  where i."cdProdutoItem" in (
    select v."cdProdutoItem" from public."TbSensorVinculo" v
    where v."cdDispositivo" = any (p_dispositivos)
      and exists (
        select from public."TbDispositivoVinculo" d
        where d."cdDispositivo" = v."cdDispositivo"
          and d."cdCliente" = any ((select private.clientes_visiveis())::integer[])))
$$;
comment on function private.itens_do_historico(integer[]) is
  'Items that sensors of devices that the caller''s clients ever owned ever counted.';
revoke all on function private.itens_do_historico(integer[]) from public;
grant execute on function private.itens_do_historico(integer[]) to authenticated, service_role;
