-- The answer of ingestion. A device of another client is reported like one that does not exist.
create function private.describe_verdicts(
  p_elements private.element[], p_exceptions_only boolean, p_validate_only boolean
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'total', count(*),
      'stored', count(*) filter (where e.verdict = 'stored'),
      'duplicate', count(*) filter (where e.verdict = 'duplicate'),
      'conflict', count(*) filter (where e.verdict = 'conflict'),
      'rejected', count(*) filter (where e.verdict = 'rejected'),
      'untimed', count(*) filter (where e.is_untimed),
      'results', coalesce(jsonb_agg(
        case when e.verdict in ('stored', 'duplicate')
          then jsonb_build_object(
            'index', e.batch_index, 'verdict', e.verdict,
            'cdPosicao', case when not (p_validate_only and e.is_new) then e."cdPosicao" end,
            'blArea', e."blArea", 'nrDistancia', e."nrDistancia")
          else jsonb_build_object(
            'index', e.batch_index, 'verdict', e.verdict,
            'error_code', private.public_reason(e."dsErro"),
            'error', e."dsTexto")
        end order by e.batch_index)
        filter (where not p_exceptions_only or e.verdict in ('conflict', 'rejected')), '[]'))
    from unnest(p_elements) e);
end
$$;
comment on function private.describe_verdicts is 'Counts and verdicts of a batch as JSON.';
revoke all on function private.describe_verdicts from public;
