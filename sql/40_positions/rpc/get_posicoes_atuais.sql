-- Rows of VwTbPosicaoAtual, by device.
-- p_desde  only what changed after that instant
-- p_area   only devices in that area (private.devices_in_area)
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_AREA.
create function public.get_posicoes_atuais(
  p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
  p_desde timestamptz default null, p_area jsonb default null
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_small(p_area);
  return (
    select coalesce(jsonb_agg(to_jsonb(v) order by v."cdDispositivo"), '[]')
    from public."VwTbPosicaoAtual" v
    where (p_cd_produto is null or v."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
      and (p_desde is null or v."dtAlteracao" > p_desde)
      and (p_area is null or v."cdDispositivo" in (select private.devices_in_area(p_area))));
end
$$;
comment on function public.get_posicoes_atuais is 'Current positions that the caller may see.';
revoke all on function public.get_posicoes_atuais from public;
grant execute on function public.get_posicoes_atuais to authenticated, service_role;
