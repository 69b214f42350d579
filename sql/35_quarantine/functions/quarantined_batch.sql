-- A payload without a time is dated when it first arrived. Called by public.reprocessar_erros.
create function private.quarantined_batch(p_errors bigint[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(
    case when jsonb_typeof(x.e) = 'object' and coalesce(x.e -> 'dtRegistro', 'null') = 'null'
      then x.e || jsonb_build_object(
        'dtRegistro', to_char(q."dtPrimeira" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
      else x.e
    end order by a.n), '[]')
  from unnest(p_errors) with ordinality as a(code, n)
  left join public."TbIngestaoErro" q on q."cdErro" = a.code
  cross join lateral (select convert_from(q."dsPayload", 'UTF8')::jsonb as e offset 0) x
$$;
comment on function private.quarantined_batch is 'Quarantined payloads as a batch, in the order given.';
revoke all on function private.quarantined_batch from public;
