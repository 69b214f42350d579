-- Makes a successor with the same rights and limits and lets the old key go on for p_nr_horas hours (0: it ends now), so
-- that devices in the field can be changed one after the other.
-- Who: admins of the owner's client, who may do all that the key may. Security definer: nobody writes keys by hand.
-- Raises PT400, PT401, PT403, PT404 NOT_FOUND, PT409, PT429.
create function public.rotacionar_api_key(p_cd_api_key uuid, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_gestao_de_chaves();
  v_velha public."TbApiKeys" := private.chave_administrada(v_chamador, p_cd_api_key);
begin
  if not coalesce(p_nr_horas between 0 and 720, false) then
    raise sqlstate 'PT400' using message = 'The old key may go on for 0 to 720 hours', hint = 'INVALID_PARAMETER';
  end if;
  if not v_velha."blAtiva" or v_velha."dtExpiracao" <= now() then
    raise sqlstate 'PT409' using message = 'This key has ended; make a new one', hint = 'CONFLICT';
  end if;
  perform private.exigir_alcance(
    v_chamador,
    coalesce(v_velha."cdClientes", (private.identidade_usuario(v_velha."cdUsuario"::text))."cdClientes"),
    v_velha."dsPermissoes");
  update public."TbApiKeys" k
  set "dtExpiracao" = least(k."dtExpiracao", now() + make_interval(hours => p_nr_horas)), "blAtiva" = p_nr_horas > 0
  where k."cdApiKey" = p_cd_api_key;
  return private.guardar_chave(v_velha);
end
$$;
comment on function public.rotacionar_api_key(uuid, integer) is 'Replaces an API key; the old one goes on for some hours.';
revoke all on function public.rotacionar_api_key(uuid, integer) from public;
grant execute on function public.rotacionar_api_key(uuid, integer) to authenticated, service_role;
