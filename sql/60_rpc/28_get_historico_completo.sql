-- What get_historico_paginado would give page by page, for callers that know no pages: [row], newest first, of positions that
-- came with readings.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 100,000 rows: nothing is ever cut silently.
create function public.get_historico_completo(p_cd_cliente integer default null, p_cd_dispositivo integer default 0,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_de timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_alvos private.alvo_historico[];
  v_total bigint;
  v_pagina public."TbPosicao"[];
begin
  perform private.exigir('read');
  v_alvos := private.alvos_do_historico(p_cd_cliente, p_cd_dispositivo, null);
  v_total := private.contar_historico(v_alvos, p_cd_cliente, v_de, v_ate);
  perform private.exigir_ate(v_total, 100000);
  v_pagina := private.pagina_do_historico(v_alvos, p_cd_cliente, v_de, v_ate, null, 0, greatest(v_total, 1)::integer);
  return private.linhas_do_historico(private.posicoes_com_leituras(v_pagina));
end
$$;
comment on function public.get_historico_completo(integer, integer, timestamptz, timestamptz) is
  'History of devices without pages, newest first; at most 100,000 rows.';
revoke all on function public.get_historico_completo(integer, integer, timestamptz, timestamptz) from public;
grant execute on function public.get_historico_completo(integer, integer, timestamptz, timestamptz) to authenticated, service_role;
