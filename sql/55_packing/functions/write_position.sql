-- The owner writes to the view TbPosicao as to a table, in restores and by hand; API roles have no right to.
-- Rows that are packed cannot be changed by hand. While a database is converted, its own triggers write.
-- Trigger function. Raises feature_not_supported.
create function private.write_position() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from pg_namespace n where n.nspname = 'conversao') then
    return coalesce(new, old);
  end if;
  if tg_op <> 'INSERT' then
    delete from series."TbPosicao" p
    where p."cdPosicao" = old."cdPosicao" and p."dtRegistro" = old."dtRegistro";
    if not found then
      raise feature_not_supported using message = format(
        'The position %s of %s is packed and cannot be changed', old."cdPosicao", old."dtRegistro");
    end if;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  new."cdPosicao" := coalesce(new."cdPosicao", nextval('series."TbPosicao_cdPosicao_seq"'));
  insert into series."TbPosicao" select new.*;
  return new;
end
$$;
comment on function private.write_position is
  'Writes to series."TbPosicao" what the owner writes to the view.';
revoke all on function private.write_position from public;
