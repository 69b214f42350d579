-- Called by public.reprocessar_erros.
create function private.quarantined_batch(p_errors bigint[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(
    private.replayed_element(convert_from(q."dsPayload", 'UTF8')::jsonb, q."cdCliente", q."dtPrimeira")
    order by a.n), '[]')
  from unnest(p_errors) with ordinality as a(code, n)
  left join public."TbIngestaoErro" q on q."cdErro" = a.code
$$;
comment on function private.quarantined_batch is 'Quarantined payloads as a batch, in the order given.';
revoke all on function private.quarantined_batch from public;
