-- Deprecated together with VwRelHistoricoDispositivoProduto, whose rows it returns, newest first: one for
-- each value of a position.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 50,000 positions: nothing is ever cut silently.
create function public.get_historico_leituras(p_cd_cliente integer default null,
  p_cd_dispositivo integer default 0, p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_devices integer[];
begin
  perform private.require_permission('read');
  v_devices := array(
    select a."cdDispositivo" from unnest(private.history_targets(p_cd_cliente, p_cd_dispositivo, null)) a);
  -- no further than to the limit: counters know measuring windows, which the view does not
  perform private.require_row_limit(
    (select count(*) from (
       select from unnest(v_devices) d
       cross join lateral private.positions_between(d, v_since, private.after(v_until)) p
       where (p_cd_cliente is null or p."cdCliente" = p_cd_cliente)
       limit 50001) p), 50000);
  perform private.require_sound_values(
    array(select s."cdSensor" from private.history_sensors(v_devices) s), v_since, v_until);
  return (
    select coalesce(json_agg(v order by v."dtRegistro" desc, v."cdDispositivo", v."cdSensor"), '[]')
    from public."VwRelHistoricoDispositivoProduto" v
    where v."cdDispositivo" = any (v_devices) and v."dtRegistro" between v_since and v_until
      and (p_cd_cliente is null or v."cdCliente" = p_cd_cliente));
end
$$;
comment on function public.get_historico_leituras is
  'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each value of a '
  'position.';
revoke all on function public.get_historico_leituras from public;
grant execute on function public.get_historico_leituras to authenticated, service_role;
