-- Views, policies and rights that the installation added, as they were, on the tables and views that took the
-- place of the old ones.
do $$
declare
  v_own record;
begin
  for v_own in
    select o.name, concat_ws('; ', o.make, o.granted) as make from own_object o
    where o.kind = 'view' order by o.place
  loop
    begin
      execute v_own.make;
    exception when others then
      raise exception using errcode = sqlstate,
        message = format('the view %s cannot be created on the new tables: %s', v_own.name, sqlerrm),
        hint = 'Drop it or change it, and switch again.';
    end;
  end loop;
  for v_own in
    select p."dsFaz" as make from conversao."TbConversaoProprio" p
    union all
    select o.make from own_object o where o.kind = 'policy' and o.make is not null
  loop
    begin
      execute v_own.make;
    exception
      when undefined_function then -- of the old system, with other arguments
        if v_own.make not like 'grant execute %' then
          raise;
        end if;
      when others then
        raise exception using errcode = sqlstate,
          message = format('on the new tables this fails: %s: %s', v_own.make, sqlerrm),
          hint = 'Drop or change what the installation added, and switch again.';
    end;
  end loop;
end
$$;
