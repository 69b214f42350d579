-- Stores one reading as legacy trackers send it, without a time; a special case of insert_device_readings.
-- Returns its verdict together with the rows that were stored:
-- {verdict, …, posicao: {column: value …, sensores: [{column: value}]}}; posicao is null unless stored.
-- p_leitura  one element of insert_device_readings; a time in it is ignored, it is stored as of now
-- Who: callers with the permission ingest.
-- Security definer: callers may lack the permission to read; they get back only what they sent.
create function public.registrar_posicao(p_leitura jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_now timestamp := now() at time zone 'UTC';
  v_verdict jsonb :=
    public.insert_device_readings(jsonb_build_array(p_leitura - 'dtRegistro')) -> 'results' -> 0;
begin
  return v_verdict || jsonb_build_object('posicao', (
    select to_jsonb(p) - 'nrPrecisao' || jsonb_build_object('sensores', (
      select coalesce(jsonb_agg(to_jsonb(r) order by r."cdSensor"), '[]')
      from public."TbSensorVinculo" v
      join series."TbSensorRegistro" r
        on r."cdSensor" = v."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdCliente" = p."cdCliente"
      where v."cdDispositivo" = p."cdDispositivo" and r."cdPosicao" = p."cdPosicao"))
    from series."TbPosicao" p
    where p."cdPosicao" = (v_verdict ->> 'cdPosicao')::bigint
      and p."cdDispositivo" = (p_leitura ->> 'cdDispositivo')::integer
      -- readings without a time in one batch are a microsecond apart
      and p."dtRegistro" between v_now and v_now + interval '1 second'));
end
$$;
comment on function public.registrar_posicao is
  'Stores one reading as of now and answers with the rows that were stored.';
revoke all on function public.registrar_posicao from public;
grant execute on function public.registrar_posicao to authenticated, service_role;
