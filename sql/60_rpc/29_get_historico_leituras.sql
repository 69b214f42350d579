-- Deprecated with VwRelHistoricoDispositivoProduto, whose rows it gives, newest first: one for each reading of a position.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 100,000 positions: nothing is ever cut silently.
create function public.get_historico_leituras(p_cd_cliente integer default null, p_cd_dispositivo integer default 0,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_de timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_dispositivos integer[];
begin
  perform private.exigir('read');
  v_dispositivos := array(
    select a."cdDispositivo" from unnest(private.alvos_do_historico(p_cd_cliente, p_cd_dispositivo, null)) a);
  perform private.exigir_ate(private.contar_historico(array(
    select row(d, null, null)::private.alvo_historico from unnest(v_dispositivos) d), p_cd_cliente, v_de, v_ate), 100000);
  return (
    select coalesce(json_agg(v order by v."dtRegistro" desc, v."cdDispositivo", v."cdSensor"), '[]')
    from public."VwRelHistoricoDispositivoProduto" v
    where v."cdDispositivo" = any (v_dispositivos) and v."dtRegistro" between v_de and v_ate
      and (p_cd_cliente is null or v."cdCliente" = p_cd_cliente));
end
$$;
comment on function public.get_historico_leituras(integer, integer, timestamptz, timestamptz) is
  'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each reading of a position.';
revoke all on function public.get_historico_leituras(integer, integer, timestamptz, timestamptz) from public;
grant execute on function public.get_historico_leituras(integer, integer, timestamptz, timestamptz) to authenticated, service_role;
