-- Counts rows that come into quarantine or leave it, whoever writes. Trigger function.
-- Security definer: nobody has rights on the tables of counts, whoever writes.
create function private.record_quarantine_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbQuarentenaMudanca" ("cdCliente", "dsOrigem", "nrErros")
  select coalesce(c."cdCliente", 0), c."dsOrigem", case tg_op when 'INSERT' then 1 else -1 end * count(*)
  from changed_rows c
  group by c."cdCliente", c."dsOrigem";
  if tg_op = 'DELETE' then
    delete from private."TbErroAlheio" a using changed_rows c where a."cdErro" = c."cdErro";
  end if;
  return null;
end
$$;
comment on function private.record_quarantine_change is
  'Counts rows that come into quarantine or leave it, by client and origin.';
revoke all on function private.record_quarantine_change from public;
