-- A payload that was stored leaves quarantine. One that fails for another reason moves to that reason: it
-- joins the row that exists, or that a redelivery is just making, and keeps the time when it first arrived.
-- Called by public.reprocessar_erros and public.reprocessar_payload.
create function private.settle_replayed_errors(p_errors bigint[], p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_error record;
  v_code bigint;
begin
  for v_error in
    select q."cdErro", e.verdict in ('stored', 'duplicate') as is_done,
           q."dsMotivo" = private.public_reason(e."dsErro") as is_same,
           private.public_reason(e."dsErro") as reason, e."dsTexto" as message,
           e."dsErro" = 'FORBIDDEN_DEVICE' as is_foreign
    from unnest(p_elements) e
    join public."TbIngestaoErro" q on q."cdErro" = p_errors[e.batch_index + 1]
    order by q."dsHash", q."dsMotivo" -- one lock order for all callers; rows are locked one by one
  loop
    if v_error.is_done then
      delete from public."TbIngestaoErro" q where q."cdErro" = v_error."cdErro";
      continue;
    end if;
    v_code := v_error."cdErro";
    if v_error.is_same then
      update public."TbIngestaoErro" q
      set "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dsTexto" = v_error.message
      where q."cdErro" = v_error."cdErro";
    else
      with o as (delete from public."TbIngestaoErro" q where q."cdErro" = v_error."cdErro" returning q.*)
      insert into public."TbIngestaoErro" as q (
        "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
        "cdCliente", "cdDispositivo", "blDispositivo", "dsTopico", "dsPropriedades", "nrOcorrencias",
        "dtPrimeira", "dtUltima", "dtExpiracao")
      select o."dsChamador", v_error.reason, o."dsHash", v_error.message, o."dsPayload", o."nrTamanho",
             o."blReprocessavel", o."cdCliente", o."cdDispositivo", o."blDispositivo", o."dsTopico",
             o."dsPropriedades", o."nrOcorrencias" + 1, o."dtPrimeira", clock_timestamp(), o."dtExpiracao"
      from o
      on conflict ("dsHash", "dsMotivo", "dsChamador", "cdCliente", "cdDispositivo") do update set
        "nrOcorrencias" = q."nrOcorrencias" + excluded."nrOcorrencias",
        "dsTexto" = excluded."dsTexto",
        "dtPrimeira" = least(q."dtPrimeira", excluded."dtPrimeira"),
        "dtUltima" = excluded."dtUltima"
      returning q."cdErro" into v_code;
    end if;
    if v_error.is_foreign then
      insert into private."TbErroAlheio" ("cdErro") values (v_code) on conflict ("cdErro") do nothing;
    else
      delete from private."TbErroAlheio" a where a."cdErro" = v_code;
    end if;
  end loop;
end
$$;
comment on function private.settle_replayed_errors is
  'Removes replayed payloads from quarantine, or counts them again.';
revoke all on function private.settle_replayed_errors from public;
