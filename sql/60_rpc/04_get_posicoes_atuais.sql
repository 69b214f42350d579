-- Rows of VwTbPosicaoAtual, by device. p_desde: only what changed after that instant.
-- Who: callers with the permission read; row-level security decides which rows.
create function public.get_posicoes_atuais(p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
                                           p_desde timestamptz default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  return (
    select coalesce(jsonb_agg(to_jsonb(v) order by v."cdDispositivo"), '[]')
    from public."VwTbPosicaoAtual" v
    where (p_cd_produto is null or v."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
      and (p_desde is null or v."dtAlteracao" > p_desde));
end
$$;
comment on function public.get_posicoes_atuais(integer, integer[], timestamptz) is 'Current positions that the caller may see.';
revoke all on function public.get_posicoes_atuais(integer, integer[], timestamptz) from public;
grant execute on function public.get_posicoes_atuais(integer, integer[], timestamptz) to authenticated, service_role;
