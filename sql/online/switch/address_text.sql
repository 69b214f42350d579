-- What the legacy application finds addresses by, before anything is locked.
create or replace function conversao.old_text(p_degrees double precision) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select to_char(p_degrees, 'FM990.00000')
$$;
comment on function conversao.old_text is 'A coordinate as the legacy application wrote it.';
grant execute on function conversao.old_text to public;
create index if not exists "TbEndereco_conversao_idx" on conversao."TbEndereco" (
  (conversao.old_text("dsLat")::varchar(45)), (conversao.old_text("dsLong")::varchar(45)))
