-- The steps of public.reprocessar_erros.

create function private.erros_a_reprocessar(p_chamador private.identidade, p_cd_erros bigint[], p_ds_motivo text,
                                            p_nr_limite integer, p_reprocessavel boolean) returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select q."cdErro" from public."TbIngestaoErro" q
    where (p_chamador."blServico" or q."cdClientes" && p_chamador."cdClientes")
      and (p_cd_erros is null or q."cdErro" = any (p_cd_erros))
      and (p_ds_motivo is null or q."dsMotivo" = p_ds_motivo)
      and q."blReprocessavel" = p_reprocessavel
    order by q."dtPrimeira", q."cdErro"
    limit least(greatest(p_nr_limite, 0), (select "nrElementosLote" from private."TbConfiguracao")))
$$;
comment on function private.erros_a_reprocessar(private.identidade, bigint[], text, integer, boolean) is
  'Which quarantined payloads the caller may replay, oldest first.';
revoke all on function private.erros_a_reprocessar(private.identidade, bigint[], text, integer, boolean) from public;

-- Acknowledgements and events say what they are; whatever does not is a reading.
create function private.por_especie(p_erros bigint[], out leituras bigint[], out mensagens bigint[])
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(a.cd order by a.n) filter (where not e.mensagem), '{}'),
         coalesce(array_agg(a.cd order by a.n) filter (where e.mensagem), '{}')
  from unnest(p_erros) with ordinality as a(cd, n)
  join public."TbIngestaoErro" q on q."cdErro" = a.cd
  cross join lateral (
    select coalesce(jsonb_typeof(p.e) = 'object' and p.e ->> 'tipo' in ('ack', 'event'), false) as mensagem
    from (select convert_from(q."dsPayload", 'UTF8')::jsonb as e offset 0) p
  ) e
$$;
comment on function private.por_especie(bigint[]) is 'Quarantined payloads: readings, and other messages.';
revoke all on function private.por_especie(bigint[]) from public;

create function private.elementos_em_quarentena(p_erros bigint[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(
    case when jsonb_typeof(x.e) = 'object' and coalesce(x.e -> 'dtRegistro', 'null') = 'null'
      then x.e || jsonb_build_object('dtRegistro', to_char(q."dtPrimeira" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
      else x.e end order by a.n), '[]')
  from unnest(p_erros) with ordinality as a(cd, n)
  left join public."TbIngestaoErro" q on q."cdErro" = a.cd
  cross join lateral (select convert_from(q."dsPayload", 'UTF8')::jsonb as e offset 0) x
$$;
comment on function private.elementos_em_quarentena(bigint[]) is 'Quarantined payloads as a batch, in the order given.';
revoke all on function private.elementos_em_quarentena(bigint[]) from public;

-- One that fails for another reason now moves to that reason; it joins the row that is there, or that a resend is just
-- making, and keeps the time when it first came.
create function private.encerrar_erros(p_erros bigint[], p_elementos private.elemento[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_erro record;
begin
  for v_erro in
    select q."cdErro", e."dsVeredito" in ('stored', 'duplicate') as feito, q."dsMotivo" = e."dsErro" as mesmo,
           e."dsErro" as motivo, e."dsTexto" as texto
    from unnest(p_elementos) e
    join public."TbIngestaoErro" q on q."cdErro" = p_erros[e."nrIndice" + 1]
    order by q."dsHash", q."dsMotivo" -- one lock order for all callers, each row locked in its turn
  loop
    if v_erro.feito then
      delete from public."TbIngestaoErro" q where q."cdErro" = v_erro."cdErro";
    elsif v_erro.mesmo then
      update public."TbIngestaoErro" q
      set "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dsTexto" = v_erro.texto
      where q."cdErro" = v_erro."cdErro";
    else
      with o as (delete from public."TbIngestaoErro" q where q."cdErro" = v_erro."cdErro" returning q.*)
      insert into public."TbIngestaoErro" as q (
        "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente", "cdClientes",
        "nrOcorrencias", "dtPrimeira", "dtUltima", "dtExpiracao")
      select o."dsChamador", v_erro.motivo, o."dsHash", v_erro.texto, o."dsPayload", o."nrTamanho", o."blReprocessavel",
             o."cdCliente", o."cdClientes", o."nrOcorrencias" + 1, o."dtPrimeira", clock_timestamp(), o."dtExpiracao"
      from o
      on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
        "nrOcorrencias" = q."nrOcorrencias" + excluded."nrOcorrencias", "dsTexto" = excluded."dsTexto",
        "dtPrimeira" = least(q."dtPrimeira", excluded."dtPrimeira"), "dtUltima" = excluded."dtUltima";
    end if;
  end loop;
end
$$;
comment on function private.encerrar_erros(bigint[], private.elemento[]) is
  'Takes replayed payloads out of quarantine, or counts them again.';
revoke all on function private.encerrar_erros(bigint[], private.elemento[]) from public;
