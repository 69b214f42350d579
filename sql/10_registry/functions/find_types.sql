-- Types that sensors of a client may have, by number or name: the client's own, or one for all. Each is
-- looked up once, however many rows want it. Of two with one name the client's own counts.
-- p_wanted   [[number, name, client]], one of number and name null
-- Called by private.resolve_types.
create function private.find_types(p_wanted jsonb[])
returns table (wanted jsonb, id bigint, is_retired boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select w.wanted, coalesce(c.id, n.id), coalesce(c.is_retired, n.is_retired)
  from (
    select distinct u as wanted, private.read_integer(u -> 0) as code, u ->> 1 as name,
           private.read_integer(u -> 2) as client
    from unnest(p_wanted) u
  ) w
  left join lateral (
    select k.id, coalesce(k."cdStatus" = 'encerrado', false) as is_retired from public."TbTipoSensor" k
    where k.id = w.code and (k."cdCliente" is null or k."cdCliente" = w.client)
  ) c on w.name is null
  left join lateral (
    select k.id, coalesce(k."cdStatus" = 'encerrado', false) as is_retired from public."TbTipoSensor" k
    where k."dsNome" = w.name and (k."cdCliente" is null or k."cdCliente" = w.client)
    order by k."cdCliente" nulls last, k.id limit 1
  ) n on w.code is null
$$;
comment on function private.find_types is 'Sensor types by number or name, as far as a client may use them.';
revoke all on function private.find_types from public;
