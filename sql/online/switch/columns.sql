-- After a way back: what was kept of columns that the old tables do not have.
do $$
declare
  v_one record;
begin
  for v_one in
    select c."dsTabela" as relation, string_agg(distinct format('%I', k), ', ') as keys,
           (select string_agg(format('%I', v), ', ') from jsonb_object_keys(min(c."jsValores"::text)::jsonb) v
            where exists (select from pg_catalog.pg_attribute a where a.attrelid = c."dsTabela"::regclass
                            and a.attname = v and not a.attisdropped)) as columns
    from conversao."TbConversaoColuna" c, jsonb_object_keys(c."jsChave") k
    group by 1
  loop
    execute format('alter table %s disable trigger user', v_one.relation);
    execute format($sql$
      update %1$s t set (%2$s) = (select %3$s from jsonb_populate_record(t, c."jsValores") r)
      from conversao."TbConversaoColuna" c
      where c."dsTabela" = %4$L and to_jsonb(t) @> c."jsChave"
        and to_jsonb(t) || c."jsValores" is distinct from to_jsonb(t)
      $sql$, v_one.relation, v_one.columns,
      (select string_agg('r.' || x, ', ') from unnest(string_to_array(v_one.columns, ', ')) x),
        v_one.relation);
    execute format('alter table %s enable trigger user', v_one.relation);
  end loop;
end
$$;
truncate conversao."TbConversaoColuna";
