-- The verdict on a message that holds several elements: that of the first that failed. A message in which
-- nothing was found has not been read either. Called by public.reprocessar_payload.
create function private.sum_up_verdicts(p_elements private.element[]) returns private.element[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select jsonb_populate_record(null::private.element, jsonb_build_object(
      'batch_index', 0,
      'verdict', coalesce(v.verdict, 'rejected'),
      'dsErro', case when v.verdict is null then 'MALFORMED' else v."dsErro" end,
      'dsTexto', case when v.verdict is null then 'Nothing to store' else v."dsTexto" end))
    from (values (1)) one
    left join lateral (
      select e.verdict, e."dsErro", e."dsTexto"
      from unnest(p_elements) with ordinality as e
      order by e.verdict in ('stored', 'duplicate'), e.ordinality limit 1
    ) v on true)
$$;
comment on function private.sum_up_verdicts is 'One verdict for all elements of a message, as a list of one.';
revoke all on function private.sum_up_verdicts from public;
