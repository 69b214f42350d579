-- Makes an API key. The answer holds its text, dsKey, which is shown this once and not kept.
-- p_cd_clientes       clients it acts for (null: all of its owner's);  p_ds_permissoes  of read, ingest, admin
-- p_nr_limite_minuto  calls a minute;  p_nr_cota_diaria  calls a day (UTC);  null: no limit
-- Who: callers with the permission admin, for themselves, and no more than they may do. Security definer: nobody writes
-- keys by hand. Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.criar_api_key(p_ds_nome text, p_ds_permissoes text[] default '{read}',
                                     p_cd_clientes integer[] default null, p_dt_expiracao timestamptz default null,
                                     p_nr_limite_minuto integer default null, p_nr_cota_diaria integer default null)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_gestao_de_chaves();
  v_chave public."TbApiKeys";
begin
  perform private.exigir_alcance(v_chamador, p_cd_clientes, p_ds_permissoes);
  perform private.exigir_limites(p_nr_limite_minuto, p_nr_cota_diaria);
  if coalesce(btrim(p_ds_nome), '') = '' or p_dt_expiracao <= now() then
    raise sqlstate 'PT400' using message = 'A key needs a name, and an expiry, if any, in the future',
      hint = 'INVALID_PARAMETER';
  end if;
  v_chave."cdUsuario" := private.dono_das_chaves(v_chamador);
  v_chave."dsNome" := btrim(p_ds_nome);
  -- a key made by a key that is limited to some clients is limited to them too
  v_chave."cdClientes" := case when v_chamador."dsTipo" = 'key' then coalesce(p_cd_clientes, v_chamador."cdClientes")
                          else p_cd_clientes end;
  v_chave."dsPermissoes" := p_ds_permissoes;
  v_chave."dtExpiracao" := p_dt_expiracao;
  v_chave."nrLimiteMinuto" := p_nr_limite_minuto;
  v_chave."nrCotaDiaria" := p_nr_cota_diaria;
  return private.guardar_chave(v_chave);
end
$$;
comment on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer) is
  'Makes an API key; its text is shown this once.';
revoke all on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer) from public;
grant execute on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer)
  to authenticated, service_role;
