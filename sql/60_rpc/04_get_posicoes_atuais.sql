-- Rows of VwTbPosicaoAtual, by device. p_desde: only what changed after that instant. p_area: only devices there
-- (private.dispositivos_na_area).
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_AREA.
create function public.get_posicoes_atuais(p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
                                           p_desde timestamptz default null, p_area jsonb default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  return (
    select coalesce(jsonb_agg(to_jsonb(v) order by v."cdDispositivo"), '[]')
    from public."VwTbPosicaoAtual" v
    where (p_cd_produto is null or v."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
      and (p_desde is null or v."dtAlteracao" > p_desde)
      and (p_area is null or v."cdDispositivo" in (select private.dispositivos_na_area(p_area))));
end
$$;
comment on function public.get_posicoes_atuais(integer, integer[], timestamptz, jsonb) is 'Current positions that the caller may see.';
revoke all on function public.get_posicoes_atuais(integer, integer[], timestamptz, jsonb) from public;
grant execute on function public.get_posicoes_atuais(integer, integer[], timestamptz, jsonb) to authenticated, service_role;
