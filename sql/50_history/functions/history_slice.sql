-- Part of private.history_page: each device contributes its newest rows, read from the unique index of the
-- partitions concerned, and the page is cut from those.
-- p_cursor          the row after which the page begins, or null
-- p_skip, p_limit   rows to leave out first, rows at most
-- Who may call it: every API role; row-level security decides which rows.
create function private.history_slice(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp, p_cursor private.history_cursor, p_skip bigint, p_limit integer)
returns public."TbPosicao"[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_end timestamp := private.after(least(p_until, p_cursor."dtRegistro"));
begin
  return array(
    select p.entry
    from unnest(p_targets) a
    cross join lateral (
      (select row(q.*)::public."TbPosicao" as entry,
              q."dtRegistro", q."cdDispositivo", q."nrSeq", q."cdCliente"
       from private.position_rows() q
       where q."cdDispositivo" = a."cdDispositivo" and q."dtRegistro" >= p_since and q."dtRegistro" < v_end
         and private.is_on_page(
           q."dtRegistro", q."cdDispositivo", q."nrSeq", q."cdCliente", a, p_client, p_cursor)
       order by q."dtRegistro" desc, q."nrSeq" desc nulls last, q."cdCliente" desc
       limit p_skip + p_limit)
      union all
      (select row(f.*)::public."TbPosicao",
              f."dtRegistro", f."cdDispositivo", f."nrSeq", f."cdCliente"
       from (select * from private.packed_positions(a."cdDispositivo", p_since, v_end) offset 0) f
       where private.is_on_page(
         f."dtRegistro", f."cdDispositivo", f."nrSeq", f."cdCliente", a, p_client, p_cursor)
       order by f."dtRegistro" desc, f."nrSeq" desc nulls last, f."cdCliente" desc
       limit p_skip + p_limit)
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
