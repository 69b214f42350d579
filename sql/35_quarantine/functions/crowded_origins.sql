-- From where so many rows have to give way that always the origin that has most of them loses one: those that
-- have most are brought down to one level. Looks at no more origins than rows have to go.
-- Called by private.trim_quarantine.
create function private.crowded_origins(p_client integer, p_excess bigint)
returns table ("dsOrigem" text, surplus bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with crowd as (
    select o."dsOrigem", o."nrErros" as rows_here, row_number() over by_size as place,
           sum(o."nrErros") over by_size as rows_so_far,
           lead(o."nrErros", 1, 0::bigint) over by_size as next_rows
    from (
      select v."dsOrigem", v."nrErros", v."nrOrdem" from private."TbQuarentenaOrigem" v
      where v."cdCliente" = p_client
      order by v."nrErros" desc, v."nrOrdem" limit p_excess + 1
    ) o
    window by_size as (order by o."nrErros" desc, o."nrOrdem")
  ), level as (
    select c.place as origins, div(c.rows_so_far - p_excess, c.place) as stay,
           mod(c.rows_so_far - p_excess, c.place) as one_more
    from crowd c
    where c.rows_so_far - c.place * c.next_rows >= p_excess
    order by c.place limit 1
  )
  select c."dsOrigem",
         (c.rows_here - l.stay - case when c.place > l.origins - l.one_more then 1 else 0 end)::bigint
  from crowd c cross join level l
  where c.place <= l.origins
$$;
comment on function private.crowded_origins is
  'Devices or callers with most rows in a quarantine, and how many of them have to give way.';
revoke all on function private.crowded_origins from public;
