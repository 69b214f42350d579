-- Part of private.history_page: each device contributes its newest rows, read from the unique index of the
-- partitions concerned, and the page is cut from those.
-- p_cursor          the row after which the page begins, or null
-- p_skip, p_limit   rows to leave out first, rows at most
-- Who may call it: every API role; row-level security decides which rows.
create function private.history_slice(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp, p_cursor private.history_cursor, p_skip bigint, p_limit integer)
returns public."TbPosicao"[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set enable_seqscan = off as $$
begin
  return array(
    select p.entry
    from unnest(p_targets) a
    cross join lateral (
      select q as entry, q."dtRegistro", q."cdDispositivo", q."nrSeq", q."cdCliente"
      from public."TbPosicao" q
      where q."cdDispositivo" = a."cdDispositivo"
        and q."dtRegistro" between p_since and least(p_until, p_cursor."dtRegistro")
        and (p_client is null or q."cdCliente" = p_client)
        and private.in_measuring_window(q."dtRegistro"::time, a.starts, a.ends)
        and (p_cursor."dtRegistro" is null
          or private.is_behind_cursor(
            q."dtRegistro", q."cdDispositivo", q."nrSeq", q."cdCliente", p_cursor))
      order by q."dtRegistro" desc, q."nrSeq" desc nulls last, q."cdCliente" desc
      limit p_skip + p_limit
    ) p
    order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last,
             p."cdCliente" desc
    offset p_skip limit p_limit);
end
$$;
comment on function private.history_slice is
  'Positions of a time, newest first: of each device no more than a page.';
revoke all on function private.history_slice from public;
grant execute on function private.history_slice to authenticated, service_role;
