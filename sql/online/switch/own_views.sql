-- Views that the installation added, as they were, on the tables and views that took the place of the old
-- ones.
do $$
declare
  v_view record;
begin
  for v_view in select v.* from own_view v order by v.place loop
    begin
      execute v_view.make;
      execute v_view.granted;
    exception when others then
      raise exception using errcode = sqlstate,
        message = format('the view %s cannot be created on the new tables: %s', v_view.name, sqlerrm),
        hint = 'Drop it or change it, and switch again.';
    end;
  end loop;
end
$$;
