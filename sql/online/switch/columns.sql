-- After a way back: what was kept of columns that the old tables do not have. By key, as all of it is locked.
do $$
declare
  v_one record;
begin
  for v_one in
    select k.relation, k.keys, n.columns, n."values"
    from (
      select c."dsTabela" as relation,
             string_agg(format('t.%I = (c."jsChave" ->> %L)::%s', a.attname, a.attname,
                               format_type(a.atttypid, a.atttypmod)), ' and ') as keys
      from (select distinct on ("dsTabela") "dsTabela", "jsChave" from conversao."TbConversaoColuna") c
      join pg_catalog.pg_attribute a on a.attrelid = c."dsTabela"::regclass and c."jsChave" ? a.attname
      where not a.attisdropped
      group by 1
    ) k
    join (
      select c."dsTabela" as relation, string_agg(format('%I', a.attname), ', ') as columns,
             string_agg(format('r.%I', a.attname), ', ') as "values"
      from (select distinct on ("dsTabela") "dsTabela", "jsValores" from conversao."TbConversaoColuna") c
      join pg_catalog.pg_attribute a on a.attrelid = c."dsTabela"::regclass and c."jsValores" ? a.attname
      where not a.attisdropped
      group by 1
    ) n on n.relation = k.relation
  loop
    execute format('alter table %s disable trigger user', v_one.relation);
    execute format($sql$
      update %1$s t set (%2$s) = (select %3$s from jsonb_populate_record(t, c."jsValores") r)
      from conversao."TbConversaoColuna" c
      where c."dsTabela" = %4$L and %5$s
        and to_jsonb(t) || c."jsValores" is distinct from to_jsonb(t)
      $sql$, v_one.relation, v_one.columns, v_one."values", v_one.relation, v_one.keys);
    execute format('alter table %s enable trigger user', v_one.relation);
  end loop;
end
$$;
delete from conversao."TbConversaoColuna";
