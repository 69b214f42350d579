-- Replays quarantined payloads after their cause was mended: as the caller of today, dated when they first came if they
-- carry no time. What is stored now (or was meanwhile) leaves quarantine; what fails again stays and is counted.
-- p_cd_erros   which ones (null: all that can be replayed);  p_ds_motivo  only this reason;  p_nr_limite  at most
-- Who: admins of the clients concerned. Answers {total, stored, duplicate, conflict, rejected, skipped}; skipped are
-- those that cannot be replayed because their payload is not whole or is no JSON.
create function public.reprocessar_erros(p_cd_erros bigint[] default null, p_ds_motivo text default null,
                                         p_nr_limite integer default 1000) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_erros record;
  v_elementos private.elemento[];
  v_mensagens private.elemento[];
begin
  v_erros := private.por_especie(private.erros_a_reprocessar(v_chamador, p_cd_erros, p_ds_motivo, p_nr_limite, true));
  v_elementos := private.ingerir(private.elementos_em_quarentena(v_erros.leituras), v_chamador."cdClientes",
                                 now() at time zone 'UTC');
  v_mensagens := private.como_elementos(private.gravar_mensagens(
    private.ler_mensagens(private.elementos_em_quarentena(v_erros.mensagens), v_chamador."cdClientes"), false));
  -- only now are the rows locked: an ingest locks readings first and quarantine last, and so does this
  perform private.encerrar_erros(v_erros.leituras, v_elementos);
  perform private.encerrar_erros(v_erros.mensagens, v_mensagens);
  return private.responder(v_elementos || v_mensagens, true, false) - 'results' - 'untimed' || jsonb_build_object(
    'skipped', cardinality(private.erros_a_reprocessar(v_chamador, p_cd_erros, p_ds_motivo, p_nr_limite, false)));
end
$$;
comment on function public.reprocessar_erros(bigint[], text, integer) is 'Replays quarantined payloads; what is stored leaves quarantine.';
revoke all on function public.reprocessar_erros(bigint[], text, integer) from public;
grant execute on function public.reprocessar_erros(bigint[], text, integer) to authenticated, service_role;
