-- One page of positions, newest first. Order and key are (dtRegistro, cdDispositivo, nrSeq, cdCliente), a
-- null nrSeq lowest, so rows that arrive later do not move a cursor that was returned before.
-- A page of each of a thousand devices would be a thousand times too much: of many devices the latest hour is
-- tried first, then four times as long. A page that is full is the page, whatever is older. Of a page far
-- behind, what is newer is counted instead of read. Where history is packed, so much time is tried first as
-- devices need that report every half hour: of packed positions before that only times are looked at.
-- p_cursor          the row after which the page begins, or null
-- p_skip, p_limit   rows to leave out first, rows at most
-- Who may call it: every API role; row-level security decides which rows.
create function private.history_page(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp, p_cursor private.history_cursor, p_skip bigint, p_limit integer)
returns public."TbPosicao"[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_until timestamp := p_until;
  v_skip bigint := p_skip;
  v_end timestamp;
  v_is_stepwise boolean := cardinality(p_targets) > 50 or p_since < private.packed_before();
  v_time interval := make_interval(hours => case
    when cardinality(p_targets) > 50 then 1
    else least(768, 1 + (p_skip + p_limit) / 2 / greatest(cardinality(p_targets), 1))::integer end);
  v_page public."TbPosicao"[];
begin
  if p_skip > 1000 and p_cursor."dtRegistro" is null then
    v_end := private.skip_history(p_targets, p_client, p_since, p_until, p_skip);
    v_skip := p_skip - private.count_history(p_targets, p_client, v_end, p_until);
    v_until := v_end - interval '1 microsecond';
  end if;
  v_end := least(v_until, p_cursor."dtRegistro", now() at time zone 'UTC');
  while v_is_stepwise and v_end - v_time > p_since and v_time < interval '20000 hours' loop
    v_page := private.history_slice(
      p_targets, p_client, v_end - v_time, v_until, p_cursor, v_skip, p_limit);
    if cardinality(v_page) = p_limit then
      return v_page;
    end if;
    v_time := v_time * 4;
  end loop;
  return private.history_slice(p_targets, p_client, p_since, v_until, p_cursor, v_skip, p_limit);
end
$$;
comment on function private.history_page is 'One page of positions, newest first.';
revoke all on function private.history_page from public;
grant execute on function private.history_page to authenticated, service_role;
