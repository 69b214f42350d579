-- Comments as they were, once the old tables are back: nobody waits for them. They are due until this has
-- run.
do $$
declare
  v_one record;
begin
  if not exists (select from conversao."TbConversaoComentario" s where s."dsObjeto" = '') then
    return;
  end if;
  create temporary table commented on commit drop as select * from conversao.comments();
  for v_one in
    select format('comment on %s is null', c.object) as statement from commented c
    where c.object not in (select s."dsObjeto" from conversao."TbConversaoComentario" s)
    union all
    select s."dsCria" from conversao."TbConversaoComentario" s
    where s."dsObjeto" <> '' and s."dsCria" not in (select c.make from commented c)
  loop
    begin
      execute v_one.statement;
    exception when undefined_object or undefined_table or undefined_column or undefined_function then
      null; -- the installation has dropped it since
    end;
  end loop;
  delete from conversao."TbConversaoComentario" s where s."dsObjeto" = '';
end
$$
