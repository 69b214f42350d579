-- Some of what was asked for has expired: in an hour of a visible client that has readings no more, and no rollup this fine.
create function private.ha_expirado(p_minutos integer, p_cd_sensor integer, p_de timestamp, p_ate timestamp) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visiveis integer[];
  v_largura interval := make_interval(mins => p_minutos);
begin
  if not exists (select from private."TbRetencaoPiso" f where f."dtBruto" > p_de or f."dt1h" > p_de) then
    return false;
  end if;
  v_visiveis := private.clientes_visiveis();
  return exists (
    select from private."TbRetencaoPiso" f
    where f."cdCliente" = any (v_visiveis)
      and f."cdCliente" in (
        select d."cdCliente" from public."TbSensorVinculo" s
        join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
        where s."cdSensor" = p_cd_sensor)
      and (f."dt1h" > p_de or exists (
        select from public."TbSensorRegistro1h" b
        where b."cdSensor" = p_cd_sensor and b."cdCliente" = f."cdCliente"
          and b."dtBucket" > p_de - interval '1 hour' and b."dtBucket" < least(p_ate, f."dtBruto")
          and (b."nrFino" > p_minutos or p_minutos is null
            -- the piece of a bucket that is asked for would have to come from the readings
            or date_trunc('hour', p_de) = b."dtBucket" and p_de <> date_bin(v_largura, p_de, timestamp '2000-01-01')
            or date_trunc('hour', p_ate) = b."dtBucket" and p_ate <> date_bin(v_largura, p_ate, timestamp '2000-01-01')))));
end
$$;
comment on function private.ha_expirado(integer, integer, timestamp, timestamp) is
  'Some of what this resolution (minutes; null: readings) would show has expired.';
revoke all on function private.ha_expirado(integer, integer, timestamp, timestamp) from public;
grant execute on function private.ha_expirado(integer, integer, timestamp, timestamp) to authenticated, service_role;
