-- What get_historico_paginado returns in pages, for callers that do not use pages: [row], newest first, only
-- positions that came with values.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 20,000 rows: nothing is ever cut silently.
create function public.get_historico_completo(p_cd_cliente integer default null,
  p_cd_dispositivo integer default 0, p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null)
returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_targets private.history_target[];
  v_total bigint;
  v_page public."TbPosicao"[];
begin
  perform private.require_permission('read');
  v_targets := private.history_targets(p_cd_cliente, p_cd_dispositivo, null);
  v_total := private.count_history(v_targets, p_cd_cliente, v_since, v_until);
  perform private.require_row_limit(v_total, 20000);
  -- not by history_page: all of them are in no shorter time
  v_page := private.history_slice(
    v_targets, p_cd_cliente, v_since, v_until, null, 0, greatest(v_total, 1)::integer);
  return private.history_rows(v_page, false);
end
$$;
comment on function public.get_historico_completo is
  'History of devices without pages, newest first; at most 20,000 rows.';
revoke all on function public.get_historico_completo from public;
grant execute on function public.get_historico_completo to authenticated, service_role;
