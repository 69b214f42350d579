-- Acknowledgements and events have a member tipo; everything else is a reading. Called by
-- public.reprocessar_erros.
create function private.split_by_kind(p_errors bigint[], out readings bigint[], out messages bigint[])
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(a.code order by a.n) filter (where not e.is_message), '{}'),
         coalesce(array_agg(a.code order by a.n) filter (where e.is_message), '{}')
  from unnest(p_errors) with ordinality as a(code, n)
  join public."TbIngestaoErro" q on q."cdErro" = a.code
  cross join lateral (
    select coalesce(jsonb_typeof(p.e) = 'object' and p.e ->> 'tipo' in ('ack', 'event'), false) as is_message
    from (select convert_from(q."dsPayload", 'UTF8')::jsonb as e offset 0) p
  ) e
$$;
comment on function private.split_by_kind is 'Quarantined payloads: readings, and other messages.';
revoke all on function private.split_by_kind from public;
