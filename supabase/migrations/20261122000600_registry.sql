-- What people read and change about a fleet: clients, sites, devices, sensors, products, items, addresses, pictures.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/10_registry/types
create type private.entity_kind as (
  table_name text,    -- or view
  key text,           -- its key column
  filters text[],     -- columns by which it can be filtered
  is_writable boolean -- rows can be created, changed and deleted
);
comment on type private.entity_kind is
  'One kind of the registry: its table or view, key and filters, and whether it can be changed.';
-- end

-- from sql/10_registry/functions
-- Names are stored in Unicode's normal form C, without spaces around them, so that no two look the same. What
-- is stored has been converted to the unit of its type, and only devices of its client may use it, so that
-- both are final once a sensor has the type: not only once it has values, as some may be on their way. A
-- sensor that is being made is waited for. How values are summed up is final once there are some. The history
-- of former owners names types of sensors that have another one now: they are in use as well.
-- Security definer: a type may be used by sensors that the caller does not see. Trigger function.
-- Raises PT409 CONFLICT.
create function private.check_sensor_type() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new."dsNome" := normalize(btrim(new."dsNome"), nfc);
  new."dsUnidade" := nullif(normalize(btrim(new."dsUnidade"), nfc), '');
  if tg_op = 'UPDATE' and (new."dsUnidade", new."cdCliente", new."dsAgregacao")
       is distinct from (old."dsUnidade", old."cdCliente", old."dsAgregacao") then
    perform from public."TbTipoSensor" t where t.id = old.id for update;
    if (new."dsUnidade", new."cdCliente") is distinct from (old."dsUnidade", old."cdCliente")
       and (exists (select from public."TbSensor" s where s."cdTipoSensor" = old.id)
            or private.is_former_type(old.id)) then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = 'dsUnidade and cdCliente cannot change: sensors have this type',
        detail = 'Their values are stored in its unit. Create another type for other sensors.';
    end if;
    if new."dsAgregacao" <> old."dsAgregacao" and (
         private.has_values(array(
           select s."cdSensor" from public."TbSensor" s where s."cdTipoSensor" = old.id))
         or private.is_former_type(old.id)) then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = 'dsAgregacao cannot change: sensors of this type have values',
        detail = 'They are summed up as it says. Create another type for other sensors.';
    end if;
  end if;
  return new;
end
$$;
comment on function private.check_sensor_type is
  'Normalizes names of sensor types, and keeps unit, client and dsAgregacao of those in use.';
revoke all on function private.check_sensor_type from public;
-- A new row with its defaults (private.row_defaults), its geofence and its point as they are stored.
-- Without SET clause, to be inlined: an import has thousands of rows.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
create function private.complete_row(p_kind private.entity_kind, p_defaults jsonb, p_data jsonb)
returns jsonb
language sql stable as $$
  select p_defaults || jsonb_strip_nulls(p_data)
    || case when p_kind.table_name = 'TbDestinatario' and p_data ->> 'dsCerca' is not null
         then jsonb_build_object('dsCerca', private.plain_geofence(p_data -> 'dsCerca')) else '{}' end
    || case when p_kind.table_name = 'TbSensor' and p_data ->> 'dsPonto' is not null
         then jsonb_build_object('dsPonto', normalize(p_data ->> 'dsPonto', nfc)) else '{}' end
    || case when p_kind.table_name = 'TbTipoSensor'
         then jsonb_build_object('dsNome', normalize(btrim(p_data ->> 'dsNome'), nfc),
                                 'dsUnidade', nullif(normalize(btrim(p_data ->> 'dsUnidade'), nfc), ''))
         else '{}' end
$$;
comment on function private.complete_row is 'A new row with the values its sender may leave out.';
revoke all on function private.complete_row from public;
grant execute on function private.complete_row to authenticated, service_role;
-- A constraint in words: its comment, or else its columns and what is wrong with them. Null when the table
-- has no such constraint.
-- Who may call it: the API roles, for private.refuse_write.
create function private.describe_constraint(p_kind private.entity_kind, p_constraint text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    obj_description(c.oid, 'pg_constraint'),
    format(
      case c.contype
        when 'f' then '%s: does not exist'
        when 'c' then '%s: out of range'
        else '%s: already exists'
      end,
      (select string_agg(a.attname, ', ' order by a.attnum)
       from pg_catalog.pg_attribute a
       where a.attrelid = c.conrelid and a.attnum = any (c.conkey))))
  from pg_catalog.pg_constraint c
  where c.conrelid = format('public.%I', p_kind.table_name)::regclass and c.conname = p_constraint
$$;
comment on function private.describe_constraint is
  'What a row that violates this constraint does wrong, in words.';
revoke all on function private.describe_constraint from public;
grant execute on function private.describe_constraint to authenticated, service_role;
-- Columns that PostgreSQL computes from others for its indexes are left out.
-- Who may call it: the API roles, for get_cadastros and the functions that write.
create function private.describe_row(p_row anyelement) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_row) - '{geoPonto,geoCerca}'::text[]
$$;
comment on function private.describe_row is 'A row as it is returned.';
revoke all on function private.describe_row from public;
grant execute on function private.describe_row to authenticated, service_role;
-- The members of p_filters as a condition on t, whose values are in f, a row of the same type. Only columns
-- of
-- p_kind.filters are accepted; without members every row matches.
-- Who may call it: the API roles, for get_cadastros. Raises PT400 INVALID_PARAMETER.
create function private.filter_condition(p_kind private.entity_kind, p_filters jsonb) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_names text[];
begin
  perform private.require_small(p_filters);
  if jsonb_typeof(p_filters) <> 'object' then
    raise sqlstate 'PT400' using message = 'The filters must be a JSON object', hint = 'INVALID_PARAMETER';
  end if;
  v_names := array(select k from jsonb_object_keys(jsonb_strip_nulls(p_filters)) k order by 1);
  if not v_names <@ p_kind.filters then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('The filters are %s', array_to_string(p_kind.filters, ', '));
  end if;
  return coalesce((select string_agg(format('t.%1$I = f.%1$I', n), ' and ') from unnest(v_names) n), 'true');
end
$$;
comment on function private.filter_condition is
  'An SQL condition that selects rows by some of their columns.';
revoke all on function private.filter_condition from public;
grant execute on function private.filter_condition to authenticated, service_role;
-- The registry (devices, sensors, sites …), each kind under the name by which the API knows it. Names of
-- tables and columns come from here only, never from a caller; row-level security decides which rows are seen
-- and changed.
-- Who may call it: the API roles, for the functions that read and write the registry.
-- Raises PT404 NOT_FOUND for an unknown name.
create function private.find_entity_kind(p_name text) returns private.entity_kind
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_kind private.entity_kind;
begin
  select c.table_name, c.key, c.filters::text[], c.is_writable into v_kind
  from (values
    ('clientes', 'TbCliente', 'cdCliente', '{cdClientePai,cdStatus}', true),
    ('destinatarios', 'TbDestinatario', 'cdDestinatario', '{cdCliente,cdEndereco,cdStatus}', true),
    ('dispositivos', 'TbDispositivo', 'cdDispositivo', '{cdCliente,cdProduto,cdDestinatario,cdStatus}', true),
    ('enderecos', 'TbEndereco', 'cdEndereco', '{cdCliente,dsUF,dsCidade}', true),
    ('imagens', 'TbImagens', 'cdImagens', '{cdProduto,nrImagem}', true),
    ('itens', 'TbProdutoItem', 'cdProdutoItem', '{cdCliente,cdStatus}', true),
    ('produtos', 'TbProduto', 'cdProduto', '{cdCliente,cdStatus}', true),
    ('produtos-dispositivos', 'VwTbProdutoTipo', 'cdDispositivo', '{cdProduto,cdCliente}', false),
    ('sensores', 'TbSensor', 'cdSensor', '{cdDispositivo,cdTipoSensor,cdProdutoItem}', true),
    ('tipos-sensor', 'TbTipoSensor', 'id', '{cdCliente,cdStatus}', true)
  ) as c(name, table_name, key, filters, is_writable)
  where c.name = p_name;
  if v_kind.table_name is null then
    raise sqlstate 'PT404' using message = format('Unknown registry: %s', coalesce(left(p_name, 50), 'null')),
      hint = 'NOT_FOUND';
  end if;
  return v_kind;
end
$$;
comment on function private.find_entity_kind is 'The table, key and filters behind a name of the API.';
revoke all on function private.find_entity_kind from public;
grant execute on function private.find_entity_kind to authenticated, service_role;
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
-- Which columns of a row are given values; each must be writable.
-- Who may call it: the API roles, for the functions that write the registry.
-- Raises PT400 MALFORMED (not an object, or read-only), INVALID_PARAMETER (a column that cannot be written).
create function private.given_columns(p_kind private.entity_kind, p_data jsonb) returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_writable text[] := private.writable_columns(p_kind);
  v_given text[];
  v_unknown text[];
begin
  perform private.require_small(p_data);
  if not p_kind.is_writable or jsonb_typeof(p_data) is distinct from 'object' then
    raise sqlstate 'PT400' using message = 'This is read-only, or the data is not a JSON object',
      hint = 'MALFORMED';
  end if;
  v_given := array(select k from jsonb_object_keys(p_data) k order by 1);
  v_unknown := array(select d from unnest(v_given) d where d <> all (v_writable));
  if v_unknown <> '{}' then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('These columns cannot be written: %s', left(array_to_string(v_unknown, ', '), 200));
  end if;
  return v_given;
end
$$;
comment on function private.given_columns is 'Columns that are given values; raises PT400 for others.';
revoke all on function private.given_columns from public;
grant execute on function private.given_columns to authenticated, service_role;
-- Inserts rows that are complete, and returns them as they are then, in their order. If p_rehearse, all of it
-- is undone and nothing is returned, but whatever PostgreSQL refuses is refused all the same.
-- Who may call it: the API roles, for criar_cadastros; row-level security decides for which clients.
-- Raises whatever the insertion raises.
create function private.insert_rows(p_kind private.entity_kind, p_rows jsonb, p_rehearse boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_rows jsonb;
begin
  if p_rows = '[]' then
    return p_rows;
  end if;
  -- keys are given in the order of the lines
  execute format($sql$
    with new as (
      insert into public.%1$I (%2$s)
      select %2$s from jsonb_populate_recordset(null::public.%1$I, $1) with ordinality f order by ordinality
      returning *
    )
    select jsonb_agg(private.describe_row(n) || $2 order by n.%3$I) from new n
    $sql$, p_kind.table_name,
    (select string_agg(distinct format('%I', k), ', ')
     from jsonb_array_elements(p_rows) l, jsonb_object_keys(l) k), p_kind.key)
  into v_rows
  using p_rows, case when p_kind.table_name = 'TbDispositivo' -- which have said nothing of themselves yet
                  then jsonb_build_object('jsMeta', null, 'dtMeta', null) else '{}' end;
  if p_rehearse then
    raise sqlstate 'RA003' using message = 'The insertion is undone';
  end if;
  return v_rows;
exception when sqlstate 'RA003' then
  return jsonb_build_array();
end
$$;
comment on function private.insert_rows is 'Inserts many complete rows, or only tries to.';
revoke all on function private.insert_rows from public;
grant execute on function private.insert_rows to authenticated, service_role;
-- An item belongs to its client and to those of the products that have it. Legacy items that belong to nobody
-- are free. Called by triggers, when a device or sensor comes to another client.
create function private.is_item_of_others(p_item integer, p_client integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select not bool_or(o.owner in (
    select d from public."TbCliente" c cross join unnest(array[c."cdCliente", c."cdClientePai"]) d
    where c."cdCliente" = p_client and d is not null))
  from (
    select i."cdCliente" as owner from public."TbProdutoItem" i where i."cdProdutoItem" = p_item
    union all
    select p."cdCliente" from public."TbProdutoItemJoinTable" j
    join public."TbProduto" p on p."cdProduto" = j."cdProduto"
    where j."cdProdutoItem" = p_item
  ) o
  where o.owner is not null
$$;
comment on function private.is_item_of_others is
  'The product item belongs to clients other than this one and its parent only; null if it is nobody''s.';
revoke all on function private.is_item_of_others from public;
-- Whether two units are one, however they are written (C, °C). Called when a sensor gets another type.
create function private.is_same_unit(p_one text, p_other text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_one text := btrim(coalesce(p_one, ''));
  v_other text := btrim(coalesce(p_other, ''));
  v_terms numeric[];
begin
  if v_one = v_other then
    return true;
  end if;
  v_terms := private.unit_terms(v_one, v_other, private.unit_rules());
  return coalesce(v_terms[1:2] = v_terms[3:4], false);
end
$$;
comment on function private.is_same_unit is 'Whether two names stand for one unit.';
revoke all on function private.is_same_unit from public;
-- A sensor that moves to a device of another client leaves the item of the former owner behind, unless the
-- caller names an item in the same statement.
-- Security definer: looks at devices and items of clients that the caller may not see. Trigger function.
create function private.leave_item_of_sensor() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if private.is_item_of_others(new."cdProdutoItem", (
       select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = new."cdDispositivo")) then
    new."cdProdutoItem" := null;
  end if;
  return new;
end
$$;
comment on function private.leave_item_of_sensor is
  'Removes the former owner''s item from a sensor that moves to a device of another client.';
revoke all on function private.leave_item_of_sensor from public;
-- The sensors of a device that moves to another client no longer count the items of the former owner: their
-- weight would compute what the new owner reads, and their names would be shown.
-- Security definer: looks at items of clients that the caller may not see. Trigger function.
create function private.leave_items_of_sensors() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbSensor" s set "cdProdutoItem" = null
  where s."cdDispositivo" = new."cdDispositivo"
    and private.is_item_of_others(s."cdProdutoItem", new."cdCliente");
  return new;
end
$$;
comment on function private.leave_items_of_sensors is
  'Removes the former owner''s items from the sensors of a device that moves to another client.';
revoke all on function private.leave_items_of_sensors from public;
-- A client has 500 sensor types at most: whoever registers a sensor by the name of its type, and every list
-- of types, looks through them. The row of the client is locked, so that two who make types count each
-- other's. Trigger function; after the row, so that policies have refused types for clients of others.
-- Security definer: counts types that the caller may not see. Raises PT409 CONFLICT.
create function private.limit_sensor_types() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public."TbCliente" c where c."cdCliente" = new."cdCliente" for no key update;
  if (select count(*) from (
        select from public."TbTipoSensor" t where t."cdCliente" = new."cdCliente" limit 501) k) > 500 then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = 'A client can have 500 sensor types at most',
      detail = 'Sensors that measure the same share a type. Delete types that no sensor has.';
  end if;
  return null;
end
$$;
comment on function private.limit_sensor_types is 'Refuses more than 500 sensor types of a client.';
revoke all on function private.limit_sensor_types from public;
-- Part of criar_cadastro. Who may call it: the API roles, as that function runs as its caller.
-- Raises PT409 CONFLICT (no such type, or number and name).
create function private.name_type(p_data jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_found jsonb;
  v_error text;
begin
  perform private.require_small(p_data);
  v_found := private.resolve_types(jsonb_build_array(p_data));
  v_error := v_found #>> '{erros,0,texto}';
  if v_error is not null then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = format('%s: %s', v_found #>> '{erros,0,coluna}', v_error);
  end if;
  return v_found #> '{linhas,0}';
end
$$;
comment on function private.name_type is 'A new sensor whose type is named, with its number.';
revoke all on function private.name_type from public;
grant execute on function private.name_type to authenticated, service_role;
-- Programs write the same letter in one character or in two (é, or e and an accent): stored is the shorter
-- form, whichever way a name comes, so that nobody has two points that look the same.
create function private.normalize_point() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new."dsPonto" := normalize(new."dsPonto", nfc);
  return new;
end
$$;
comment on function private.normalize_point is 'Trigger: stores the name of a point in normal form C.';
revoke all on function private.normalize_point from public;
-- Names of points are unique on their device, among the new rows and with those that exist. The columns are
-- those of the answer of criar_cadastros. Called by private.row_errors.
-- Security definer: looks at sensors that the caller may not read.
create function private.point_errors(p_rows jsonb) returns table (linha integer, coluna text, texto text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.linha, 'dsPonto', format('The device already has a point %s', left(p.point, 80))
  from (
    select (l.n - 1)::integer as linha, (l.e ->> 'cdDispositivo')::integer as device,
           normalize(l.e ->> 'dsPonto', nfc) as point,
           row_number() over (
             partition by l.e ->> 'cdDispositivo', normalize(l.e ->> 'dsPonto', nfc)
             order by l.n) as occurrence
    from jsonb_array_elements(p_rows) with ordinality as l(e, n)
    where l.e ->> 'dsPonto' is not null
  ) p
  where p.device in (select private.managed_devices()) and (p.occurrence > 1 or exists (
    select from public."TbSensor" s where s."cdDispositivo" = p.device and s."dsPonto" = p.point))
$$;
comment on function private.point_errors is 'Rows that name a point which their device already has.';
revoke all on function private.point_errors from public;
-- Codes that new rows name must be ones the caller may refer to; whether others exist is not disclosed. Each
-- code is looked up once, however many rows name it, and what the caller manages is read once, however many
-- codes there are (types: private.resolve_types). The columns are those of the answer of criar_cadastros.
-- Called by private.row_errors.
-- Security definer: looks codes up among rows that the caller may not read.
create function private.reference_errors(p_rows jsonb) returns table (linha integer, coluna text, texto text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with named as materialized (
    select (l.n - 1)::integer as linha, c.key as coluna, c.value::text::integer as code
    from jsonb_array_elements(p_rows) with ordinality as l(e, n)
    cross join lateral jsonb_each(l.e) c
    where c.key in ('cdCliente', 'cdDestinatario', 'cdProduto', 'cdDispositivo', 'cdProdutoItem')
      and c.value <> 'null'
  ), unknown as materialized (
    select d.coluna, d.code
    from (select distinct coluna, code from named) d
    where not case d.coluna
      when 'cdCliente' then d.code = any ((select private.managed_clients())::integer[])
        or (select private.is_service()) and d.code in (select c."cdCliente" from public."TbCliente" c)
      when 'cdDestinatario' then d.code in (select private.managed_sites())
      when 'cdProduto' then d.code in (select private.managed_products())
      when 'cdDispositivo' then d.code in (select private.managed_devices())
      when 'cdProdutoItem' then d.code in (
          select i."cdProdutoItem" from public."TbProdutoItem" i -- is_foreign_item would say so, one by one
          where i."cdCliente" = any ((select private.visible_clients())::integer[]))
        or exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = d.code)
          and not private.is_foreign_item(d.code)
    end
  )
  select d.linha, d.coluna, format('%s %s is not known', d.coluna, d.code)
  from named d
  join unknown u using (coluna, code)
$$;
comment on function private.reference_errors is 'Rows that refer to what the caller may not use.';
revoke all on function private.reference_errors from public;
-- A site, product or item that moves to another client while devices of others are on it, or their sensors
-- count it, would let its new owner decide how these are judged and counted: the counterpart of
-- private.refuse_former_owner_assets. Trigger function.
-- Security definer: looks at devices of clients that the caller may not see.
-- Raises PT409 CONFLICT.
create function private.refuse_assets_in_use() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_row jsonb := to_jsonb(new);
  v_product integer := case tg_table_name when 'TbProduto' then (v_row ->> 'cdProduto')::integer end;
  v_site integer := case tg_table_name when 'TbDestinatario' then (v_row ->> 'cdDestinatario')::integer end;
  v_items integer[] := case tg_table_name
    when 'TbProdutoItem' then array[(v_row ->> 'cdProdutoItem')::integer]
    else array(select j."cdProdutoItem" from public."TbProdutoItemJoinTable" j
               where j."cdProduto" = v_product) end;
begin
  if exists (
       select from public."TbDispositivo" d
       left join public."TbCliente" c on c."cdCliente" = d."cdCliente"
       where (d."cdProduto" = v_product or d."cdDestinatario" = v_site)
         and new."cdCliente" not in (d."cdCliente", coalesce(c."cdClientePai", d."cdCliente")))
     or exists (
       select from public."TbSensor" s
       join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
       where s."cdProdutoItem" = any (v_items)
         and private.is_item_of_others(s."cdProdutoItem", d."cdCliente")) then
    raise sqlstate 'PT409' using
      message = format('%s %s is in use by devices of another client', tg_argv[0], v_row ->> tg_argv[0]),
      hint = 'CONFLICT',
      detail = 'Take it off these devices and their sensors first, or create another one for the new client.';
  end if;
  return null;
end
$$;
comment on function private.refuse_assets_in_use is
  'Refuses to move a site, product or item to another client while devices of others use it.';
revoke all on function private.refuse_assets_in_use from public;
-- A type of a client is for its devices only: whoever sees a sensor can also see what it measures. To callers
-- who do not see the type it does not exist. Type and device are locked, so that neither moves to another
-- client meanwhile. Called for types beyond those of the contract, when a sensor gets its type or another
-- device.
-- Security definer: looks at types and devices that the caller may not see. Trigger function.
-- Raises PT409 CONFLICT, 23503 (foreign_key_violation).
create function private.refuse_foreign_type() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_type public."TbTipoSensor";
  v_client integer;
begin
  select * into v_type from public."TbTipoSensor" t where t.id = new."cdTipoSensor"
  for key share;
  if v_type."cdCliente" is not null then
    select d."cdCliente" into v_client from public."TbDispositivo" d
    where d."cdDispositivo" = new."cdDispositivo" for share;
    if v_client is distinct from v_type."cdCliente" then
      if v_type."cdCliente" = any (private.visible_clients()) or private.is_service() then
        raise sqlstate 'PT409' using hint = 'CONFLICT',
          message = 'cdTipoSensor: the type belongs to another client than the device',
          detail = 'Use a type of the client of the device, or one that belongs to no client.';
      end if;
      raise foreign_key_violation using constraint = 'TbSensor_cdTipoSensor_fkey', table = 'TbSensor',
        message = 'insert or update on table "TbSensor" violates foreign key constraint '
                  '"TbSensor_cdTipoSensor_fkey"',
        detail = format('Key (cdTipoSensor)=(%s) is not present in table "TbTipoSensor".',
                        new."cdTipoSensor");
    end if;
  end if;
  if v_type."cdStatus" = 'encerrado'
     and (tg_op = 'INSERT' or new."cdTipoSensor" is distinct from old."cdTipoSensor") then
    raise sqlstate 'PT409' using message = 'cdTipoSensor: the type has been retired', hint = 'CONFLICT',
      detail = 'Use another, or set its cdStatus to ativo.';
  end if;
  return new;
end
$$;
comment on function private.refuse_foreign_type is
  'Refuses sensors with a type of another client, or a retired one.';
revoke all on function private.refuse_foreign_type from public;
-- A device that moves to another client leaves what belongs to the old one behind: the geofence of a site
-- that its new owner does not see would continue to judge it. What was received stays with the old client,
-- and with the site it was judged by.
-- Security definer: looks at sites, products and types of clients that the caller may not see.
-- Raises PT409 CONFLICT.
create function private.refuse_former_owner_assets() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_owners integer[] := array( -- the new client and its parent
    select d from public."TbCliente" c cross join unnest(array[c."cdCliente", c."cdClientePai"]) d
    where c."cdCliente" = new."cdCliente" and d is not null);
begin
  if exists (select from public."TbDestinatario" t
             where t."cdDestinatario" = new."cdDestinatario" and t."cdCliente" <> all (v_owners)) then
    raise sqlstate 'PT409' using message = 'The site of the device belongs to another client',
      hint = 'CONFLICT',
      detail = 'Send cdDestinatario as well: a site of the new client, or null.';
  end if;
  if exists (select from public."TbProduto" p
             where p."cdProduto" = new."cdProduto" and p."cdCliente" <> all (v_owners)) then
    raise sqlstate 'PT409' using message = 'The product of the device belongs to another client',
      hint = 'CONFLICT',
      detail = 'Send cdProduto as well: a product of the new client, or null.';
  end if;
  if exists (select from public."TbSensor" s join public."TbTipoSensor" t on t.id = s."cdTipoSensor"
             where s."cdDispositivo" = new."cdDispositivo" and t."cdCliente" <> new."cdCliente") then
    raise sqlstate 'PT409' using message = 'Sensors of the device have types of another client',
      hint = 'CONFLICT', detail = 'First give them types of the same unit that belong to no client, or move '
                                  'them to another device.';
  end if;
  return null;
end
$$;
comment on function private.refuse_former_owner_assets is
  'Refuses to move a device to another client with a site or product of the old one.';
revoke all on function private.refuse_former_owner_assets from public;
-- Why no row was changed or deleted: it has changed since it was read, the caller sees it but may not change
-- it, or for the caller there is none.
-- p_version   the version that the caller read; null for any
-- Who may call it: the API roles, for the functions that write the registry.
-- Raises PT412 PRECONDITION_FAILED, PT403 FORBIDDEN, PT404 NOT_FOUND.
create function private.refuse_missing_row(p_kind private.entity_kind, p_code integer, p_version text)
returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_version text;
begin
  execute format('select private.row_version(private.describe_row(t)) from public.%I t where t.%I = $1',
                 p_kind.table_name, p_kind.key)
  into v_version using p_code;
  if v_version <> p_version then
    raise sqlstate 'PT412' using message = 'The row has changed since it was read',
      hint = 'PRECONDITION_FAILED', detail = 'Read it again, and send its new ETag as If-Match.';
  elsif v_version is not null then
    raise sqlstate 'PT403' using message = 'You may read this row, but not change or delete it',
      hint = 'FORBIDDEN', detail = 'It does not belong to a client that you manage.';
  end if;
  raise sqlstate 'PT404' using message = 'The row does not exist, or you may not see it', hint = 'NOT_FOUND';
end
$$;
comment on function private.refuse_missing_row is 'Says why no row was changed: 403, 404 or 412.';
revoke all on function private.refuse_missing_row from public;
grant execute on function private.refuse_missing_row to authenticated, service_role;
-- Why PostgreSQL refused a row, in words. p_state and p_constraint are those of the error it raised.
-- Who may call it: the API roles, for the functions that write the registry.
-- Raises PT403 FORBIDDEN (a policy or trigger), PT400 INVALID_PARAMETER (a value is missing or out of range),
-- PT409 CONFLICT (any other constraint).
create function private.refuse_write(
  p_kind private.entity_kind, p_data jsonb, p_state text, p_constraint text
) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_references text;
  v_reason text;
begin
  if p_state = '42501' then -- insufficient_privilege
    select string_agg(k, ', ' order by k) into v_references
    from jsonb_object_keys(p_data) k
    where k ~ '^cd[A-Z]' and k <> 'cdStatus';
    raise sqlstate 'PT403' using hint = 'FORBIDDEN',
      detail = coalesce(v_references, 'No reference was sent.'),
      message = 'The row would belong to a client, or refer to a row, that you do not manage';
  end if;

  v_reason := private.describe_constraint(p_kind, p_constraint);
  if p_state in ('23502', '23514') then -- not_null_violation, check_violation
    raise sqlstate 'PT400' using message = coalesce(v_reason, 'A value is missing'),
      hint = 'INVALID_PARAMETER';
  end if;
  raise sqlstate 'PT409' using message = coalesce(v_reason, 'This contradicts what is stored'),
    hint = 'CONFLICT';
end
$$;
comment on function private.refuse_write is
  'Raises PT403, PT400 or PT409 with the reason why a row is refused.';
revoke all on function private.refuse_write from public;
grant execute on function private.refuse_write to authenticated, service_role;
-- New sensors may name their type (dsTipoSensor) instead of its number. Returns {linhas: the rows with
-- numbers, erros: [{linha, coluna, texto}]}, the columns of the answer of criar_cadastros. A row whose device
-- the caller does not manage can have types for all only: that device is refused anyway.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
-- Security definer: looks types and devices up that the caller may not read.
create function private.resolve_types(p_rows jsonb) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with line as materialized (
    select (l.n - 1)::integer as linha, l.e - 'dsTipoSensor' as entry, l.e ->> 'cdTipoSensor' as code,
           normalize(btrim(l.e ->> 'dsTipoSensor'), nfc) as name,
           jsonb_build_array(l.e -> 'cdTipoSensor', normalize(btrim(l.e ->> 'dsTipoSensor'), nfc), (
             select d."cdCliente" from public."TbDispositivo" d
             where d."cdDispositivo" = private.read_integer(l.e -> 'cdDispositivo')
               and (d."cdCliente" = any ((select private.managed_clients())::integer[])
                    or (select private.is_service())))) as wanted
    from jsonb_array_elements(p_rows) with ordinality as l(e, n)
  ), judged as materialized (
    select l.linha, l.entry, t.id, case
        when l.code is null and l.name is null then 'is required'
        when l.code is not null and l.name is not null then 'must not be given together with dsTipoSensor'
        when t.id is null then left(coalesce(l.name, 'cdTipoSensor ' || l.code), 80) || ' is not known'
        when t.is_retired then 'the type has been retired'
      end as texto, case when l.code is null and l.name is not null then 'dsTipoSensor'
                         else 'cdTipoSensor' end as coluna
    from line l
    left join private.find_types(array(select k.wanted from line k)) t on t.wanted = l.wanted
  )
  select jsonb_build_object(
    'linhas', jsonb_agg(case when j.id is null then j.entry
                             else j.entry || jsonb_build_object('cdTipoSensor', j.id) end order by j.linha),
    'erros', coalesce(jsonb_agg(jsonb_build_object('linha', j.linha, 'coluna', j.coluna, 'texto', j.texto)
                                order by j.linha) filter (where j.texto is not null), '[]'))
  from judged j
$$;
comment on function private.resolve_types is
  'New sensors with the numbers of their types, and what is wrong with these.';
revoke all on function private.resolve_types from public;
grant execute on function private.resolve_types to authenticated, service_role;
-- What a new row has where its sender says nothing: the client it belongs to is the caller's, unless it names
-- another. A client that names no parent becomes a child of the caller's, and a sensor type of the service is
-- for all. Key and time are PostgreSQL's.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
create function private.row_defaults(p_kind private.entity_kind, p_caller private.identity) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
      when p_kind.table_name = 'TbCliente' then jsonb_build_object('cdClientePai', p_caller."cdCliente")
      when exists (
        select from pg_catalog.pg_attribute a
        where a.attrelid = format('public.%I', p_kind.table_name)::regclass and a.attname = 'cdCliente')
      then jsonb_build_object('cdCliente', p_caller."cdCliente")
      else '{}'
    end
    || case p_kind.table_name
         when 'TbDispositivo' then '{"cdUnidadeBat": "V"}'
         when 'TbTipoSensor' then '{"dsAgregacao": "mean"}'
         else '{}' end::jsonb
    || case when p_kind.table_name = 'TbTipoSensor' and p_caller.is_service
         then '{"cdCliente": null}' else '{}' end::jsonb
$$;
comment on function private.row_defaults is 'The values that the sender of a new row may leave out.';
revoke all on function private.row_defaults from public;
grant execute on function private.row_defaults to authenticated, service_role;
-- Everything that is wrong with many new rows, each error with its row (from 0) and column.
-- Who may call it: the API roles, for criar_cadastros.
-- Security definer: codes are looked up among rows that the caller may not read.
create function private.row_errors(p_rows jsonb) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(to_jsonb(e) order by e.linha, e.coluna), '[]')
  from (
    select * from private.reference_errors(p_rows)
    union all
    select * from private.point_errors(p_rows)
  ) e
$$;
comment on function private.row_errors is 'Everything that is wrong with new rows: [{linha, coluna, texto}].';
revoke all on function private.row_errors from public;
grant execute on function private.row_errors to authenticated, service_role;
-- The ETag by which a reader can tell later whether the row has changed. Computed here only: other programs
-- may write the same JSON differently. Who may call it: the API roles, for get_cadastros and the functions
-- that write.
create function private.row_version(p_row jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select md5(p_row::text)
$$;
comment on function private.row_version is 'The version of a row as it is returned.';
revoke all on function private.row_version from public;
grant execute on function private.row_version to authenticated, service_role;
-- The number of a sensor type by its name in the contract. Called with a constant it costs nothing: the
-- planner evaluates it once. Who may call it: every API role, as views and functions that run as their caller
-- use it.
-- Raises P0001 for an unknown name, when the statement is planned: a misspelt name never means "no such
-- sensor".
create function private.sensor_type(p_name text) returns bigint
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  v_type bigint := case p_name
    when 'distancia' then 1
    when 'porta' then 2
    when 'peso' then 3
    when 'temperatura' then 4
    when 'pessoas' then 5
    when 'masculino' then 9
    when 'feminino' then 10
    when 'crianca' then 11
    when 'jovem' then 12
    when 'adulto' then 13
    when 'senior' then 14
    when 'alegre' then 15
    when 'concentrado' then 16
    when 'neutro' then 17
    when 'categoria_total' then 18
  end;
begin
  if v_type is null then
    raise exception 'unknown sensor type: %', p_name;
  end if;
  return v_type;
end
$$;
comment on function private.sensor_type is
  'Number of a sensor type (TbTipoSensor.id) by its name in the contract.';
revoke all on function private.sensor_type from public;
grant execute on function private.sensor_type to authenticated, service_role;
-- Several sensor types at once, in the order of their names. Who may call it: every API role.
create function private.sensor_types(p_names text[]) returns bigint[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select array_agg(private.sensor_type(n.name) order by n.place)
  from unnest(p_names) with ordinality as n(name, place)
$$;
comment on function private.sensor_types is 'Numbers of sensor types by their names in the contract.';
revoke all on function private.sensor_types from public;
grant execute on function private.sensor_types to authenticated, service_role;
-- Texts that are longer than their columns take; the bounds are those of the table, by its types and checks.
-- Who may call it: the API roles, for criar_cadastros.
create function private.text_errors(p_kind private.entity_kind, p_rows jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  with bound as materialized (
    select a.attname as name, min(coalesce(
             (regexp_match(pg_get_constraintdef(k.oid), 'char_length\(.*\) <= (\d+)'))[1]::integer,
             nullif(a.atttypmod, -1) - 4)) as most
    from pg_attribute a
    left join pg_constraint k on k.conrelid = a.attrelid and k.contype = 'c' and k.conkey = array[a.attnum]
    where a.attrelid = format('public.%I', p_kind.table_name)::regclass and a.attnum > 0
      and a.atttypid in ('text'::regtype, 'varchar'::regtype)
    group by a.attname
  )
  select coalesce(jsonb_agg(jsonb_build_object(
           'linha', l.n - 1, 'coluna', b.name,
           'texto', format('%s has at most %s characters', b.name, b.most)) order by l.n, b.name), '[]')
  from jsonb_array_elements(p_rows) with ordinality as l(e, n)
  cross join bound b
  where char_length(l.e ->> b.name) > b.most
$$;
comment on function private.text_errors is
  'Texts of new rows that are longer than their columns take: [{linha, coluna, texto}].';
revoke all on function private.text_errors from public;
grant execute on function private.text_errors to authenticated, service_role;
-- A condition on t: the row is still the version that the caller read. $3 is that version, null for any.
-- Who may call it: the API roles, for the functions that write the registry.
create function private.version_condition() returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '($3 is null or private.row_version(private.describe_row(t)) = $3)'
$$;
comment on function private.version_condition is
  'An SQL condition that selects the row only in the version that the caller read.';
revoke all on function private.version_condition from public;
grant execute on function private.version_condition to authenticated, service_role;
-- Which columns an admin may set: those that are granted, so that the REST API of Supabase and the functions
-- here have one rule. Not among them: the key, the time of registration, the source of an address, and what
-- PostgreSQL computes. A view has none.
-- Who may call it: the API roles, for private.given_columns.
create function private.writable_columns(p_kind private.entity_kind) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select a.attname::text
    from pg_catalog.pg_attribute a
    where a.attrelid = format('public.%I', p_kind.table_name)::regclass
      and p_kind.is_writable
      and a.attnum > 0 and not a.attisdropped
      and has_column_privilege('authenticated', a.attrelid, a.attnum, 'insert'))
$$;
comment on function private.writable_columns is 'Columns of a registry table that an admin may set.';
revoke all on function private.writable_columns from public;
grant execute on function private.writable_columns to authenticated, service_role;
-- end

-- from sql/10_registry/rpc
-- Deletes one row to which nothing refers; returns the row as it was. What has history is retired instead.
-- p_cadastro  clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores,
--             tipos-sensor
-- p_codigo    its key
-- p_versao    only if the row is still that version
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, PT403 FORBIDDEN, PT404 NOT_FOUND, PT409 CONFLICT (it has history, or something
-- refers to it), PT412 PRECONDITION_FAILED.
create function public.apagar_cadastro(p_cadastro text, p_codigo integer, p_versao text default null)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_row jsonb;
  v_holder text;
begin
  perform private.require_permission('admin');
  perform private.given_columns(v_kind, '{}');
  execute format($sql$
    delete from public.%1$I t where t.%2$I = $2 and %3$s and $1 returning private.describe_row(t)
    $sql$, v_kind.table_name, v_kind.key, private.version_condition())
  into v_row using true, p_codigo, p_versao;
  if v_row is null then
    perform private.refuse_missing_row(v_kind, p_codigo, p_versao);
  end if;
  return case v_kind.table_name when 'TbDispositivo' then private.with_meta(v_row) else v_row end;
exception when foreign_key_violation then
  get stacked diagnostics v_holder = table_name;
  raise sqlstate 'PT409' using message = format('Rows of %s refer to it', v_holder), hint = 'CONFLICT',
    detail = 'Delete or change those first, or retire it: set cdStatus to encerrado if it has that column.';
end
$$;
comment on function public.apagar_cadastro is
  'Deletes a client, device, sensor, site, address, product, item, picture or sensor type that nothing uses.';
revoke all on function public.apagar_cadastro from public;
grant execute on function public.apagar_cadastro to authenticated, service_role;
-- Creates a row; returns {linha, versao}. A row that can have a client and names none gets the caller's, and
-- a client that names no parent becomes the caller's child.
-- p_cadastro  clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores,
--             tipos-sensor
-- p_dados     {column: value}; a sensor may name its type: dsTipoSensor
-- Who: callers with the permission admin; row-level security decides for which clients.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT403 FORBIDDEN, PT404 NOT_FOUND (no such name), PT409 CONFLICT.
create function public.criar_cadastro(p_cadastro text, p_dados jsonb) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_data jsonb;
  v_row jsonb;
  v_constraint text;
begin
  if cardinality(v_caller."cdClientes") = 0 and not v_caller.is_service then
    raise sqlstate 'PT403' using message = 'The caller acts for no client', hint = 'FORBIDDEN';
  end if;
  if p_cadastro = 'sensores' and jsonb_typeof(p_dados) = 'object' and p_dados ? 'dsTipoSensor' then
    p_dados := private.name_type(p_dados);
  end if;
  perform private.given_columns(v_kind, p_dados);
  v_data := private.complete_row(v_kind, private.row_defaults(v_kind, v_caller), p_dados);
  if v_data = '{}' then
    perform private.refuse_write(v_kind, p_dados, '23502', null);
  end if;
  execute format($sql$
    insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1) f
    $sql$, v_kind.table_name, (select string_agg(format('%I', k), ', ') from jsonb_object_keys(v_data) k))
  using v_data;
  -- built, not read back: policies may not show the row yet
  execute format('select private.describe_row(f) from jsonb_populate_record(null::public.%I, $1) f',
                 v_kind.table_name)
  into v_row using v_data || jsonb_build_object(
    v_kind.key, currval(pg_get_serial_sequence(format('public.%I', v_kind.table_name), v_kind.key)),
    'dtRegistro', now() at time zone 'UTC');
  return jsonb_build_object(
    'linha', case v_kind.table_name when 'TbDispositivo' then private.with_meta(v_row) else v_row end,
    'versao', private.row_version(v_row));
exception when integrity_constraint_violation or insufficient_privilege then
  get stacked diagnostics v_constraint = constraint_name;
  perform private.refuse_write(v_kind, p_dados, sqlstate, v_constraint);
  return null;
end
$$;
comment on function public.criar_cadastro is
  'Creates a client, device, sensor, site, address, product, item, picture or sensor type.';
revoke all on function public.criar_cadastro from public;
grant execute on function public.criar_cadastro to authenticated, service_role;
-- Creates many devices or sensors, all of them or none:
-- {total, criados, erros: [{linha, coluna, texto}], data: their rows}.
-- p_cadastro  dispositivos, sensores
-- p_linhas    [{column: value}], at most 5,000; sensors may name their type: dsTipoSensor
-- p_validar   nothing is stored, but the answer tells what would be wrong, and what is raised is raised
-- Who: callers with the permission admin; row-level security decides for which clients.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT404 NOT_FOUND (no such name), PT413 TOO_LARGE.
create function public.criar_cadastros(p_cadastro text, p_linhas jsonb, p_validar boolean default false)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_defaults jsonb := private.row_defaults(v_kind, v_caller);
  v_errors jsonb := jsonb_build_array();
  v_rows jsonb := jsonb_build_array();
begin
  if jsonb_typeof(p_linhas) is distinct from 'array' or p_cadastro not in ('dispositivos', 'sensores') then
    raise sqlstate 'PT400' using message = 'Only lists of devices or sensors can be created at once',
      hint = 'MALFORMED';
  elsif jsonb_array_length(p_linhas) > 5000 then
    raise sqlstate 'PT413' using message = 'The list has more than 5000 rows', hint = 'TOO_LARGE';
  end if;
  if pg_column_size(p_linhas) > 67108864 then
    raise sqlstate 'PT413' using message = 'The list has more than 64 MB', hint = 'TOO_LARGE';
  elsif p_linhas = '[]' then
    raise sqlstate 'PT400' using message = 'The list is empty', hint = 'MALFORMED';
  end if;
  if exists (select from jsonb_array_elements(p_linhas) l where jsonb_typeof(l) <> 'object') then
    raise sqlstate 'PT400' using message = 'A row is not a JSON object', hint = 'MALFORMED';
  end if;
  if p_cadastro = 'sensores' then
    v_rows := private.resolve_types(p_linhas);
    p_linhas := v_rows -> 'linhas';
    v_errors := v_rows -> 'erros';
    v_rows := jsonb_build_array();
  end if;
  -- once for all rows: looking up what may be written takes as long as writing it
  perform private.given_columns(v_kind, (
    select jsonb_object_agg(k, null) from (
      select distinct k from jsonb_array_elements(p_linhas) l, jsonb_object_keys(l) k) d));
  v_errors := v_errors || private.row_errors(p_linhas) || private.text_errors(v_kind, p_linhas);
  if v_errors = '[]' then
    v_rows := private.insert_rows(v_kind, (
      select jsonb_agg(private.complete_row(v_kind, v_defaults, l.e) order by l.n)
      from jsonb_array_elements(p_linhas) with ordinality as l(e, n)), coalesce(p_validar, false));
  end if;
  return jsonb_build_object('total', jsonb_array_length(p_linhas), 'criados', jsonb_array_length(v_rows),
                            'erros', v_errors, 'data', v_rows);
end
$$;
comment on function public.criar_cadastros is 'Creates many devices or sensors, all of them or none.';
revoke all on function public.criar_cadastros from public;
grant execute on function public.criar_cadastros to authenticated, service_role;
-- Rows of one kind, in pages by key: {data, nextCursor, versao}; versao is that of the row when one key is
-- asked for. Devices come with what they last said of themselves (jsMeta, dtMeta), which is no part of the
-- version: it changes with every reading.
-- p_cadastro   clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos,
--              produtos-dispositivos, sensores, tipos-sensor
-- p_codigo     only this key
-- p_filtros    {column: value}; private.find_entity_kind lists the columns
-- p_page_size  rows per page, 1 to 1,000; null: all
-- p_cursor     nextCursor of the previous page
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no such name).
create function public.get_cadastros(
  p_cadastro text, p_codigo integer default null, p_filtros jsonb default '{}',
  p_page_size integer default 50, p_cursor integer default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_answer json;
begin
  perform private.require_permission('read');
  perform private.require_page(coalesce(p_page_size, 1));
  execute format($sql$
    with entry as materialized (
      select t.%2$I::bigint as code, private.describe_row(t) as entry,
             row_number() over (order by t.%2$I) as n
      from public.%1$I t cross join jsonb_populate_record(null::public.%1$I, $1) f
      where ($2 is null or t.%2$I = $2) and ($3 is null or t.%2$I > $3) and %3$s
      order by t.%2$I limit $4 + 1
    )
    select json_build_object(
      'data', (
        select coalesce(json_agg(%4$s order by l.n), '[]') from entry l where $4 is null or l.n <= $4),
      'nextCursor', (
        select l.code from entry l where l.n = $4 and exists (select from entry m where m.n > $4)),
      'versao', (select private.row_version(l.entry) from entry l where $2 is not null))
    $sql$, v_kind.table_name, v_kind.key, private.filter_condition(v_kind, p_filtros),
    case v_kind.table_name when 'TbDispositivo' then 'private.with_meta(l.entry)' else 'l.entry' end)
  into v_answer
  using p_filtros, p_codigo, p_cursor, p_page_size;
  return v_answer;
end
$$;
comment on function public.get_cadastros is
  'Devices, sensors, sites and the rest of the registry, in pages.';
revoke all on function public.get_cadastros from public;
grant execute on function public.get_cadastros to authenticated, service_role;
-- Devices of products with their site and current position, as VwRelDadosDispositivo shows them.
-- p_cd_dispositivo        0: all
-- p_dt_inicio, p_dt_fim   time of the current position, both ends included; null: any
-- Who: callers with the permission read; row-level security decides which devices.
create function public.get_dados_dispositivos(
  p_cd_dispositivo integer default 0, p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  return (
    select coalesce(json_agg(v order by v."cdDispositivo"), '[]')
    from public."VwRelDadosDispositivo" v
    where (p_cd_dispositivo = 0 or v."cdDispositivo" = p_cd_dispositivo)
      and (p_dt_inicio is null or v."dtRegistro" >= p_dt_inicio at time zone 'UTC')
      and (p_dt_fim is null or v."dtRegistro" <= p_dt_fim at time zone 'UTC'));
end
$$;
comment on function public.get_dados_dispositivos is 'Devices with their site and current position.';
revoke all on function public.get_dados_dispositivos from public;
grant execute on function public.get_dados_dispositivos to authenticated, service_role;
-- Products of a client that have devices, newest first, as VwProdutoCompleto shows them: {data, nextCursor}.
-- p_ds_nome    part of the product's name, in any case
-- p_cd_status  status of the product
-- p_page_size  rows per page, 1 to 1,000; null: all
-- p_cursor     nextCursor of the previous page
-- p_exigir     true: PT404 NOT_FOUND for a client that is unknown or not visible, instead of nothing
-- Who: callers with the permission read; row-level security decides which products.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_produtos_completos(
  p_cd_cliente integer, p_ds_nome text default null, p_cd_status text default null,
  p_page_size integer default 50, p_cursor integer default null, p_exigir boolean default false
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_after timestamp;
begin
  perform private.require_permission('read');
  perform private.require_short(p_ds_nome, p_cd_status);
  perform private.require_page(coalesce(p_page_size, 1));
  if p_exigir then
    perform private.require_found(
      exists (select from public."TbCliente" c where c."cdCliente" = p_cd_cliente), 'client');
  end if;
  -- the last row of the previous page says where this one begins
  v_after := (
    select coalesce(p."dtRegistro", '-infinity') from public."TbProduto" p where p."cdProduto" = p_cursor);
  return (
    with product as materialized (
      select p."cdProduto",
             row_number() over (order by coalesce(p."dtRegistro", '-infinity') desc, p."cdProduto" desc) as n
      from public."TbProduto" p
      where p."cdCliente" = p_cd_cliente and (p_cd_status is null or p."cdStatus"::text = p_cd_status)
        and (p_ds_nome is null or strpos(lower(p."dsNome"), lower(p_ds_nome)) > 0)
        and (p_cursor is null
             or (coalesce(p."dtRegistro", '-infinity'), p."cdProduto") < (v_after, p_cursor))
        and exists (select from public."TbDispositivo" d where d."cdProduto" = p."cdProduto")
      order by n limit p_page_size + 1
    )
    select json_build_object(
      'data', (select coalesce(json_agg(v order by p.n), '[]')
               from product p join public."VwProdutoCompleto" v on v."cdProduto" = p."cdProduto"
               where p_page_size is null or p.n <= p_page_size),
      'nextCursor', (select p."cdProduto" from product p
                     where p.n = p_page_size and exists (select from product q where q.n > p_page_size))));
end
$$;
comment on function public.get_produtos_completos is
  'Products of a client with first picture, sensor types and devices by status, newest first.';
revoke all on function public.get_produtos_completos from public;
grant execute on function public.get_produtos_completos to authenticated, service_role;
-- Products with their devices counted by status: [{cdProduto, dsDescricao, dsNome, nrAlt, nrCodigo, nrComp,
-- nrLarg, QtdeTotal, imagens: [{cdCodigo, dsCaminho}],
--   status: [{cdStatus, nrQtde}], nrFora?}]
-- nrFora: how many devices are outside their geofence; left out when none is.
-- p_cd_produto, p_cd_cliente  one product, one owner of the devices; null: all
-- Who: callers with the permission read; row-level security decides which products and devices.
create function public.get_produtos_por_status(
  p_cd_produto integer default null, p_cd_cliente integer default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  return (
    select coalesce(json_agg(jsonb_build_object(
        'cdProduto', p."cdProduto", 'dsDescricao', p."dsDescricao", 'dsNome', p."dsNome", 'nrAlt', p."nrAlt",
        'nrCodigo', p."nrCodigo", 'nrComp', p."nrComp", 'nrLarg', p."nrLarg", 'QtdeTotal', d.total,
        'status', d.status,
        'imagens', (
          select coalesce(
            jsonb_agg(jsonb_build_object('cdCodigo', i."cdCodigo", 'dsCaminho', i."dsCaminho")
                      order by i."nrImagem", i."cdImagens"), '[]')
          from public."TbImagens" i where i."cdProduto" = p."cdProduto"))
      || coalesce((select jsonb_build_object('nrFora', f.dispositivo_count)
                   from public."VwProdutosFora" f where f."cdProduto" = p."cdProduto"), '{}')
      order by p."cdProduto"), '[]')
    from public."TbProduto" p
    join (
      select s."cdProduto", sum(s.quantity) as total,
             jsonb_agg(jsonb_build_object('cdStatus', s."cdStatus", 'nrQtde', s.quantity)
                       order by s."cdStatus") as status
      from (
        select x."cdProduto", x."cdStatus", count(*) as quantity from public."TbDispositivo" x
        where (p_cd_produto is null or x."cdProduto" = p_cd_produto)
          and (p_cd_cliente is null or x."cdCliente" = p_cd_cliente)
        group by 1, 2
      ) s
      group by s."cdProduto"
    ) d on d."cdProduto" = p."cdProduto");
end
$$;
comment on function public.get_produtos_por_status is
  'Products with pictures and their devices counted by status.';
revoke all on function public.get_produtos_por_status from public;
grant execute on function public.get_produtos_por_status to authenticated, service_role;
-- Changes some columns of one row; returns the whole row, {linha, versao}.
-- p_cadastro  clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores,
--             tipos-sensor
-- p_codigo    its key
-- p_dados     {column: value}; private.writable_columns says which columns
-- p_versao    only if the row is still that version
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT403 FORBIDDEN (also for a row that the caller sees, but does
-- not manage), PT404 NOT_FOUND, PT409 CONFLICT, PT412 PRECONDITION_FAILED.
create function public.mudar_cadastro(
  p_cadastro text, p_codigo integer, p_dados jsonb, p_versao text default null
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_given text[];
  v_row jsonb;
  v_constraint text;
begin
  perform private.require_permission('admin');
  v_given := private.given_columns(v_kind, p_dados);
  if v_given = '{}' then
    raise sqlstate 'PT400' using message = 'There is nothing to change', hint = 'INVALID_PARAMETER';
  end if;
  execute format($sql$
    update public.%1$I t set %3$s from jsonb_populate_record(null::public.%1$I, $1) f
    where t.%2$I = $2 and %4$s returning private.describe_row(t)
    $sql$, v_kind.table_name, v_kind.key,
    (select string_agg(format('%1$I = f.%1$I', d), ', ') from unnest(v_given) d), private.version_condition())
  into v_row using p_dados, p_codigo, p_versao;
  if v_row is null then
    perform private.refuse_missing_row(v_kind, p_codigo, p_versao);
  end if;
  return jsonb_build_object(
    'linha', case v_kind.table_name when 'TbDispositivo' then private.with_meta(v_row) else v_row end,
    'versao', private.row_version(v_row));
exception when integrity_constraint_violation or insufficient_privilege then
  get stacked diagnostics v_constraint = constraint_name;
  perform private.refuse_write(v_kind, p_dados, sqlstate, v_constraint);
  return null;
end
$$;
comment on function public.mudar_cadastro is
  'Changes a client, device, sensor, site, address, product, item, picture or sensor type.';
revoke all on function public.mudar_cadastro from public;
grant execute on function public.mudar_cadastro to authenticated, service_role;
-- Links an item to a product, or removes the link; returns the pair. A link that already exists is left as it
-- is.
-- p_bl_vinculo  true: link; false: remove the link
-- Who: callers with the permission admin; row-level security decides for which products and items.
-- Raises PT404 NOT_FOUND (no such product, item or link; also one that the caller does not see), 42501 for
-- what the caller sees but does not manage.
create function public.vincular_item(
  p_cd_produto integer, p_cd_produto_item integer, p_bl_vinculo boolean default true
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('admin');
  if p_bl_vinculo then
    insert into public."TbProdutoItemJoinTable" ("cdProduto", "cdProdutoItem")
    values (p_cd_produto, p_cd_produto_item)
    on conflict do nothing;
  else
    delete from public."TbProdutoItemJoinTable" j
    where j."cdProduto" = p_cd_produto and j."cdProdutoItem" = p_cd_produto_item;
    if not found then
      raise sqlstate 'PT404' using message = 'The product does not have this item', hint = 'NOT_FOUND';
    end if;
  end if;
  return jsonb_build_object('cdProduto', p_cd_produto, 'cdProdutoItem', p_cd_produto_item);
exception when foreign_key_violation or insufficient_privilege then
  if exists (select from public."TbProduto" p where p."cdProduto" = p_cd_produto)
     and exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = p_cd_produto_item) then
    raise;
  end if;
  raise sqlstate 'PT404' using message = 'Product or item not found', hint = 'NOT_FOUND';
end
$$;
comment on function public.vincular_item is 'Links an item to a product, or removes the link.';
revoke all on function public.vincular_item from public;
grant execute on function public.vincular_item to authenticated, service_role;
-- end

-- from sql/10_registry/triggers
-- After, not before: a caller who may not move it at all gets that error first.
create trigger "TbDestinatario_dono" after update of "cdCliente" on public."TbDestinatario"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_assets_in_use('cdDestinatario');
comment on trigger "TbDestinatario_dono" on public."TbDestinatario" is
  'What devices of a client use does not move to another client.';
-- After, not before: a caller who may not move the device at all gets that error first.
create trigger "TbDispositivo_dono" after update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_former_owner_assets();
comment on trigger "TbDispositivo_dono" on public."TbDispositivo" is
  'A device that moves to another client leaves the site and product of the old one behind.';
-- Before the device is changed, so that the change of the sensors is in the audit log of the former owner.
create trigger "TbDispositivo_itens" before update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.leave_items_of_sensors();
comment on trigger "TbDispositivo_itens" on public."TbDispositivo" is
  'The sensors of a device that moves to another client leave the items of the old one behind.';
-- After, not before: a caller who may not move it at all gets that error first.
create trigger "TbProdutoItem_dono" after update of "cdCliente" on public."TbProdutoItem"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_assets_in_use('cdProdutoItem');
comment on trigger "TbProdutoItem_dono" on public."TbProdutoItem" is
  'What devices of a client use does not move to another client.';
-- After, not before: a caller who may not move it at all gets that error first.
create trigger "TbProduto_dono" after update of "cdCliente" on public."TbProduto"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_assets_in_use('cdProduto');
comment on trigger "TbProduto_dono" on public."TbProduto" is
  'What devices of a client use does not move to another client.';
create trigger "TbSensor_item" before update of "cdDispositivo" on public."TbSensor"
  for each row when (new."cdDispositivo" <> old."cdDispositivo"
                     and new."cdProdutoItem" = old."cdProdutoItem")
  execute function private.leave_item_of_sensor();
comment on trigger "TbSensor_item" on public."TbSensor" is
  'A sensor that moves to a device of another client leaves the item of the old one behind.';
create trigger "TbSensor_ponto" before insert or update of "dsPonto" on public."TbSensor"
  for each row when (new."dsPonto" is not nfc normalized) execute function private.normalize_point();
comment on trigger "TbSensor_ponto" on public."TbSensor" is
  'Names of points are compared, and unique, in Unicode''s normal form C.';
create trigger "TbSensor_tipo" before insert or update of "cdTipoSensor", "cdDispositivo"
  on public."TbSensor"
  for each row when (new."cdTipoSensor" > 18) execute function private.refuse_foreign_type();
comment on trigger "TbSensor_tipo" on public."TbSensor" is
  'A sensor has a type of its client or one for all, and not a retired one.';
create trigger "TbTipoSensor_conferir" before insert or update on public."TbTipoSensor"
  for each row execute function private.check_sensor_type();
comment on trigger "TbTipoSensor_conferir" on public."TbTipoSensor" is
  'Names are plain; unit and client of a type that sensors have do not change.';
create trigger "TbTipoSensor_limite" after insert or update of "cdCliente" on public."TbTipoSensor"
  for each row when (new."cdCliente" is not null) execute function private.limit_sensor_types();
comment on trigger "TbTipoSensor_limite" on public."TbTipoSensor" is
  'A client has 500 sensor types at most.';
-- end
