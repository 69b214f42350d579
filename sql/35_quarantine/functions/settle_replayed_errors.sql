-- A payload that was stored leaves quarantine. One that fails for another reason moves to that reason: it
-- joins the row that exists, or that a redelivery is just making, and keeps the time when it first arrived.
-- Called by public.reprocessar_erros.
create function private.settle_replayed_errors(p_errors bigint[], p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_error record;
begin
  for v_error in
    select q."cdErro", e.verdict in ('stored', 'duplicate') as is_done, q."dsMotivo" = e."dsErro" as is_same,
           e."dsErro" as reason, e."dsTexto" as message
    from unnest(p_elements) e
    join public."TbIngestaoErro" q on q."cdErro" = p_errors[e.batch_index + 1]
    order by q."dsHash", q."dsMotivo" -- one lock order for all callers; rows are locked one by one
  loop
    if v_error.is_done then
      delete from public."TbIngestaoErro" q where q."cdErro" = v_error."cdErro";
    elsif v_error.is_same then
      update public."TbIngestaoErro" q
      set "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dsTexto" = v_error.message
      where q."cdErro" = v_error."cdErro";
    else
      with o as (delete from public."TbIngestaoErro" q where q."cdErro" = v_error."cdErro" returning q.*)
      insert into public."TbIngestaoErro" as q (
        "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
        "cdCliente", "cdClientes", "nrOcorrencias", "dtPrimeira", "dtUltima", "dtExpiracao")
      select o."dsChamador", v_error.reason, o."dsHash", v_error.message, o."dsPayload", o."nrTamanho",
             o."blReprocessavel", o."cdCliente", o."cdClientes", o."nrOcorrencias" + 1, o."dtPrimeira",
             clock_timestamp(), o."dtExpiracao"
      from o
      on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
        "nrOcorrencias" = q."nrOcorrencias" + excluded."nrOcorrencias",
        "dsTexto" = excluded."dsTexto",
        "dtPrimeira" = least(q."dtPrimeira", excluded."dtPrimeira"),
        "dtUltima" = excluded."dtUltima";
    end if;
  end loop;
end
$$;
comment on function private.settle_replayed_errors is
  'Removes replayed payloads from quarantine, or counts them again.';
revoke all on function private.settle_replayed_errors from public;
