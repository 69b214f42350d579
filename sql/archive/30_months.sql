-- All partitions of a month are created together, by one transaction at a time, as for imported history
-- (private.open_months). A sequence that is behind, as in another database, would give out the codes of
-- restored positions again.
-- %(since)s
do $$
declare
  v_month timestamp := %(since)s;
  v_highest bigint := (select max(a."cdPosicao") from archived_positions a);
begin
  if not private.is_open_month(v_month) then
    perform private.take_import_turn(true);
    perform private.create_partition(c.relname::text, v_month)
    from pg_class c
    where c.relnamespace = 'series'::regnamespace and c.relkind = 'p'
    order by c.relname;
  end if;
  if v_highest > (select s.last_value from series."TbPosicao_cdPosicao_seq" s) then
    perform private.shut_out_ingestion();
    perform setval('series."TbPosicao_cdPosicao_seq"', greatest(s.last_value, v_highest))
    from series."TbPosicao_cdPosicao_seq" s;
  end if;
end
$$
