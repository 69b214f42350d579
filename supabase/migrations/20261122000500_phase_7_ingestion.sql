-- Phase 7, ingestion: one call stores a batch of readings, each exactly once, in one transaction.
-- by hand: sql/10_registry/tables/TbSensor.sql

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

alter table public."TbSensor"
  alter column "dtRegistro" set default (now() at time zone 'UTC'),
  add column "dsPonto" text constraint "TbSensor_dsPonto_max_255" check (char_length("dsPonto") <= 255),
  add unique ("cdDispositivo", "dsPonto");

-- from sql/10_registry/tables/TbSensor.sql: grant, comment on
grant select, delete on public."TbSensor" to authenticated, service_role;
grant insert ("cdDispositivo", "cdProdutoItem", "cdUnidade", "nrUnidadeIni", "nrUnidadeFim", "cdTipoSensor",
  "dsPonto")
  on public."TbSensor" to authenticated, service_role;
grant update ("cdDispositivo", "cdProdutoItem", "cdUnidade", "nrUnidadeIni", "nrUnidadeFim", "cdTipoSensor",
  "dsPonto")
  on public."TbSensor" to authenticated, service_role;
grant usage on sequence public."TbSensor_cdSensor_seq" to authenticated, service_role;
comment on table public."TbSensor" is
  'Sensors of devices. A sensor that has history can be moved, not deleted.';
comment on constraint "TbSensor_dsPonto_max_255" on public."TbSensor" is 'dsPonto has at most 255 characters';
comment on column public."TbSensor"."dsPonto" is
  'Name of the measuring point, unique on its device; readings may name it instead of cdSensor.';
comment on column public."TbSensor"."nrUnidadeIni" is
  'Tare: subtracted from a weight before items are counted.';
-- end

-- from sql/10_registry/rows
-- The sensor types of the contract. An existing installation keeps its own names and units.
insert into public."TbTipoSensor" (id, "dsNome", "dsUnidade", "dsAgregacao") values
  (1, 'Distancia', 'milimetros', 'mean'),
  (2, 'Abertura de Porta', 'abertura', 'sum'),
  (3, 'Peso', 'gramas', 'mean'),
  (4, 'Temperatura', 'celcius', 'mean'),
  (5, 'Camera de movimento', 'Qtde de pessoas', 'sum'),
  (9, 'masculino', 'masculino', 'sum'),
  (10, 'feminino', 'feminino', 'sum'),
  (11, 'crianca', 'crianca', 'sum'),
  (12, 'jovem', 'jovem', 'sum'),
  (13, 'adulto', 'adulto', 'sum'),
  (14, 'senior', 'senior', 'sum'),
  (15, 'alegre', 'alegre', 'sum'),
  (16, 'concentrado', 'concentrado', 'sum'),
  (17, 'neutro', 'neutro', 'sum'),
  (18, 'categoria_total', 'categoria_total', 'sum')
  on conflict (id) do update set "dsAgregacao" = excluded."dsAgregacao";
-- Types that are made later have numbers from 1000 on.
select setval('public."TbTipoSensor_id_seq"', greatest(999, (select max(t.id) from public."TbTipoSensor" t)));
-- end

-- from sql/30_ingestion/types
create type private.checked_value as (
  "cdSensor" integer,
  "nrValor" double precision,
  "blValor" boolean,
  "dsValor" text,
  "cdProdutoItem" integer, -- as sent, or the sensor's own
  item_was_sent boolean,   -- only what was sent is compared on a redelivery
  "nrQualidade" smallint,  -- null when not sent
  action text,             -- null: insert; keep: the row exists; take_over: it exists and changes its owner
  owner_position bigint    -- with take_over: the position that owned the row when it was judged
);
comment on type private.checked_value is 'One sensor value of an element, checked.';
create type private.element as (
  batch_index integer,      -- place in the batch, from 0
  "cdDispositivo" integer,
  "cdCliente" integer,      -- owner at receipt
  "dtRegistro" timestamp,
  "nrSeq" bigint,
  "nrBat" double precision, -- in volts
  "dsLat" double precision,
  "dsLong" double precision,
  "nrPrecisao" real,        -- of the coordinates; null without them
  "cdDestinatario" integer,
  "blArea" boolean,
  "nrDistancia" real,
  "cdPosicao" bigint,       -- null when the element has no position row
  is_new boolean,           -- its position row is yet to be written
  sensor_values private.checked_value[],
  missing_count integer,    -- values yet to be written
  take_over_count integer,  -- values that change their owner
  names_item boolean,       -- some value names its product item
  is_untimed boolean,       -- sent without dtRegistro: stamped with the time of receipt
  verdict text,             -- stored, duplicate, conflict, rejected; null: waits for an earlier element
  "dsErro" text,            -- error code
  "dsTexto" text            -- what is wrong, for a person
);
comment on type private.element is 'One element of a batch on its way through ingestion: a reading.';
-- end

-- from sql/30_ingestion/functions
-- Values that came under several positions of a batch belong to the one with the lowest nrSeq (null first),
-- whatever came first. The value to insert names its owner, where that is not its own element's position;
-- of several elements that would take over a stored value only that one does.
-- Called by private.settle_overlapping.
create function private.assign_owners(p_elements private.element[]) returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := p_elements;
  v_found record;
begin
  for v_found in
    with touch as (
      select e.place, l.ordinality as value_place, l.action, e."cdPosicao",
             first_value(e.place) over same_row as owner_place,
             first_value(e."cdPosicao") over same_row as owner
      from private.same_moment(p_elements) e cross join unnest(e.sensor_values) with ordinality l
      window same_row as (
        partition by l."cdSensor", e."dtRegistro", e."cdCliente"
        order by e."cdPosicao" is null, e."nrSeq" nulls first, e.place)
    )
    select t.place, t.value_place, t.action, t.owner
    from touch t
    where t.action is null and t.owner is distinct from t."cdPosicao"
       or t.action = 'take_over' and t.owner_place <> t.place
  loop
    if v_found.action is null then
      v_elements[v_found.place].sensor_values[v_found.value_place].owner_position := v_found.owner;
    else
      v_elements[v_found.place].sensor_values[v_found.value_place].action := 'keep';
    end if;
  end loop;
  return v_elements;
end
$$;
comment on function private.assign_owners is
  'Gives values of a batch to the position with the lowest nrSeq.';
revoke all on function private.assign_owners from public;
-- Compares the values of one element with the stored ones. When the same value came under two positions, the
-- one with the lowest nrSeq (null first) owns the row, whatever came first. Values received under a former
-- owner of the device have another key. Called by private.judge_elements.
-- p_stored_position   the element's own position, if it is stored: whose values it has is known then
-- Inlined: no SET clause, full names.
create function private.compare_values(p_element private.element, p_stored_position bigint)
returns table (
  compared_values private.checked_value[], missing_count integer, take_over_count integer, differs boolean,
  repeats boolean
)
language sql stable as $$
  select coalesce(array_agg(private.make_checked_value(
           p_sensor => l."cdSensor", p_number => l."nrValor", p_boolean => l."blValor", p_text => l."dsValor",
           p_item => l."cdProdutoItem", p_item_was_sent => l.item_was_sent, p_quality => l."nrQualidade",
           p_action => x.action, p_owner_position => r."cdPosicao")), '{}'),
         count(*) filter (where x.action is null)::integer,
         count(*) filter (where x.action = 'take_over')::integer,
         coalesce(bool_or(r."cdSensor" is not null and private.is_other_value(
           l, r."nrValor", r."blValor", r."dsValor", r."cdProdutoItem", r."nrQualidade")), false),
         count(*) <> count(distinct l."cdSensor")
  from unnest((p_element).sensor_values) l
  left join lateral private.stored_value(l."cdSensor", (p_element)."dtRegistro", (p_element)."cdCliente") r
    on true
  cross join lateral (
    select case
      when r."cdSensor" is null then null
      when (p_element)."cdPosicao" is not null and r."cdDispositivo" = (p_element)."cdDispositivo"
        and (r."cdPosicao" is null or r."cdPosicao" is distinct from p_stored_position and (
          select bool_or(coalesce((p_element)."nrSeq" < p."nrSeq",
                                  (p_element)."nrSeq" is null and p."nrSeq" is not null))
          from (
            select s."nrSeq" from series."TbPosicao" s
            where s."cdPosicao" = r."cdPosicao" and s."dtRegistro" = (p_element)."dtRegistro"
            union all
            select s."nrSeq" from private.packed_position((p_element)."cdDispositivo",
              (p_element)."dtRegistro", (p_element)."cdCliente", null, r."cdPosicao") s
            where (p_element)."dtRegistro" < (select private.packed_before())
          ) p))
        then 'take_over'
      else 'keep'
    end as action
  ) x
$$;
comment on function private.compare_values is 'Compares the values of an element with the stored ones.';
revoke all on function private.compare_values from public;
-- Imported readings as those of insert_device_readings. Two things that tables of history have are looked up:
--   {cdTipoSensor, nrValor, …} of a value   the sensor, if the device has one of this type only
--   nrBatPercentual                         nrBat in the unit of the device; percentages are those of 3.7 V
-- A reading whose sensors are ambiguous becomes one that is rejected (private.is_wrapped_payload).
-- Called by public.importar_historico, only for batches that have one of the two.
create function private.complete_imported(p_readings jsonb, p_clients integer[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(case
      when d."cdDispositivo" is null then o.e
      when v.unclear is not null then jsonb_build_object(
        '$payload', '', '$tamanho', 0, '$hash', repeat('0', 64), '$error_code', 'MALFORMED',
        '$error', v.unclear)
      else o.e - 'nrBatPercentual'
        || case when v.known is null then '{}' else jsonb_build_object('sensores', v.known) end
        || case when f.has_percentage then jsonb_build_object('nrBat', case
             when private.read_double(o.e -> 'nrBatPercentual') is null or d."cdUnidadeBat" = '%'
               then o.e -> 'nrBatPercentual'
             else to_jsonb((o.e -> 'nrBatPercentual')::numeric
                           * case d."cdUnidadeBat" when 'mV' then 37 else 0.037 end) end)
             else '{}' end
    end order by o.n), '[]')
  from jsonb_array_elements(p_readings) with ordinality as o(e, n)
  cross join lateral ( -- looked at once, not for each device
    select case when jsonb_typeof(o.e) = 'object' then private.read_integer(o.e -> 'cdDispositivo') end
             as device,
           o.e ? 'nrBatPercentual' as has_percentage, o.e @? '$.sensores[*].cdTipoSensor' as has_type
    offset 0
  ) f
  left join lateral (
    select t."cdDispositivo", t."cdUnidadeBat" from public."TbDispositivo" t
    where (f.has_percentage or f.has_type)
      and t."cdDispositivo" = f.device and t."cdCliente" = any (p_clients)
    offset 0
  ) d on true
  left join lateral (
    select jsonb_agg(case when jsonb_typeof(s.e) = 'object' and s.e ? 'cdTipoSensor'
             then s.e - 'cdTipoSensor' || jsonb_build_object('cdSensor', k.sensor) else s.e end order by s.n)
             as known,
           min(format('sensores[%s]: the device has %s sensors of type %s; name one by cdSensor or dsPonto',
                      s.n - 1, k.number, left((s.e -> 'cdTipoSensor')::text, 40)))
             filter (where k.number <> 1 and s.e ? 'cdTipoSensor') as unclear
    from jsonb_array_elements(case when jsonb_typeof(o.e -> 'sensores') = 'array' then o.e -> 'sensores'
                                   else '[]' end) with ordinality as s(e, n)
    left join lateral (
      select count(*) as number, min(t."cdSensor") as sensor from public."TbSensor" t
      where t."cdDispositivo" = d."cdDispositivo"
        and t."cdTipoSensor" = private.read_integer(nullif(s.e -> 'cdTipoSensor', 'null'))
    ) k on s.e ? 'cdTipoSensor'
  ) v on d."cdDispositivo" is not null and f.has_type
$$;
comment on function private.complete_imported is
  'Imported readings with the sensors and batteries that tables of history do not name.';
revoke all on function private.complete_imported from public;
-- The answer of ingestion. A device of another client is reported like one that does not exist.
create function private.describe_verdicts(
  p_elements private.element[], p_exceptions_only boolean, p_validate_only boolean
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'total', count(*),
      'stored', count(*) filter (where e.verdict = 'stored'),
      'duplicate', count(*) filter (where e.verdict = 'duplicate'),
      'conflict', count(*) filter (where e.verdict = 'conflict'),
      'rejected', count(*) filter (where e.verdict = 'rejected'),
      'untimed', count(*) filter (where e.is_untimed),
      'results', coalesce(jsonb_agg(
        case when e.verdict in ('stored', 'duplicate')
          then jsonb_build_object(
            'index', e.batch_index, 'verdict', e.verdict,
            'cdPosicao', case when not (p_validate_only and e.is_new) then e."cdPosicao" end,
            'blArea', e."blArea", 'nrDistancia', e."nrDistancia")
          else jsonb_build_object(
            'index', e.batch_index, 'verdict', e.verdict,
            'error_code', private.public_reason(e."dsErro"),
            'error', e."dsTexto")
        end order by e.batch_index)
        filter (where not p_exceptions_only or e.verdict in ('conflict', 'rejected')), '[]'))
    from unnest(p_elements) e);
end
$$;
comment on function private.describe_verdicts is 'Counts and verdicts of a batch as JSON.';
revoke all on function private.describe_verdicts from public;
-- A number in the unit of its sensor's type, computed in decimals, so that equal values stay equal. A type
-- without a unit takes any, and one whose unit is not in TbUnidade takes its own only. Null when the units
-- measure different things.
-- p_own     unit of the type
-- p_rules   private.unit_rules
-- Called by private.read_values, for values that are sent with a unit; plpgsql, as a call costs a tenth of
-- what it does in sql.
create function private.in_sensor_unit(p_value jsonb, p_unit jsonb, p_own text, p_rules jsonb)
returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_unit text := trim(p_unit #>> '{}');
  v_own text := trim(p_own);
  v_terms numeric[];
begin
  if jsonb_typeof(p_unit) <> 'string' then
    return null;
  elsif coalesce(v_own, '') = '' or v_unit in ('', v_own) or private.read_measure(p_value) is null then
    return p_value;
  end if;
  v_terms := private.unit_terms(v_own, v_unit, p_rules);
  return to_jsonb((p_value::numeric * v_terms[1] + v_terms[2] - v_terms[4]) / v_terms[3]);
end
$$;
comment on function private.in_sensor_unit is 'A number in the unit of its sensor; null if it cannot be one.';
revoke all on function private.in_sensor_unit from public;
-- One batch, one transaction. The first attempt assumes that nothing of the batch is stored (the usual case
-- costs no look-up). When it meets existing rows, or elements of the batch touch each other's rows, what it
-- wrote is undone and the elements, which are not read again, are judged against what is stored and against
-- each other. An attempt that another transaction disturbs (it was faster, or deleted a product item or site)
-- is undone and repeated from the start. It ends: after the first undo only another caller can interfere, who
-- has then committed rows of this batch; after 20 such attempts the batch shuts all others out, and then any
-- error is final.
-- p_months   months back that imported readings may be dated; 0: not an import
create function private.ingest(p_readings jsonb, p_clients integer[], p_now timestamp,
  p_months integer default 0)
returns private.element[]
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_memoize = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  -- new, judged, alone; of a large batch a first attempt would write too much in vain
  v_mode text := case when pg_column_size(p_readings) > 2097152 then 'judged' else 'new' end;
  v_undone integer := 0;
  v_partitions_made boolean := false;
  v_elements private.element[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise sqlstate 'PT400' using message = 'Ingestion requires the isolation level read committed',
      hint = 'INVALID_PARAMETER';
  end if;
  loop
    begin
      perform private.lock_ingestion(v_mode = 'alone');
      perform pg_current_xact_id(); -- before anything is looked up: see TbRollupMarca
      v_elements := array(select e from private.read_elements(p_readings, p_clients, p_now, p_months) e);
      if p_months > 0 then
        v_elements := private.reject_expired(v_elements);
        perform private.open_months(v_elements);
      end if;
      if v_mode = 'new' then
        begin
          perform private.store_elements(v_elements);
          return v_elements;
        exception when unique_violation then
          v_mode := 'judged';
        end;
      end if;
      perform private.mark_damaged_elements(v_elements, p_by_digest => true);
      v_elements := private.settle_overlapping(private.judge_elements(v_elements));
      perform private.store_elements(v_elements);
      return v_elements;
    exception
      when data_corrupted or internal_error or data_exception or program_limit_exceeded
        or wrong_object_type or undefined_object or io_error then -- a chunk that cannot be unpacked
        if private.mark_damaged_elements(v_elements, p_by_digest => false) = 0 then
          raise;
        end if;
      when unique_violation or sqlstate 'RA001' or foreign_key_violation or deadlock_detected then
        if v_mode = 'alone' then
          raise;
        end if;
        v_undone := v_undone + 1;
        v_mode := case when v_undone > 20 then 'alone' else 'judged' end;
      when sqlstate 'RA004' then -- nothing is held now
        perform private.take_import_turn(true);
      when check_violation then -- no partition yet: maintenance has not run, or the coverage was widened
        if v_partitions_made then
          raise;
        end if;
        v_partitions_made := true;
        perform private.ensure_partitions(); -- or waits for the caller who is creating them
        v_mode := case when p_months > 0 and v_mode = 'new' then 'judged' -- rejects what begins no month
                       else v_mode end;
    end;
  end loop;
end
$$;
comment on function private.ingest is 'Judges and stores one batch; never raises because of an element.';
revoke all on function private.ingest from public;
-- An item may be named when it is the sensor's own or belongs to a product of the client; whether others
-- exist is not disclosed. Called by private.value_error.
create function private.is_allowed_item(p_item integer, p_sensor_item integer, p_client integer)
returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return p_item = p_sensor_item or exists (
    select from public."TbProdutoItemJoinTable" j
    join public."TbProduto" p on p."cdProduto" = j."cdProduto"
    where j."cdProdutoItem" = p_item and p."cdCliente" = p_client);
end
$$;
comment on function private.is_allowed_item is 'The product item may be named with a value of this sensor.';
revoke all on function private.is_allowed_item from public;
-- Whether an element contradicts the position that has its place: only what was sent is compared.
-- p_sent  the later element; the others: the position that was there first
-- Inlined: no SET clause.
create function private.is_other_position(
  p_sent private.element, p_battery double precision, p_lat double precision, p_long double precision,
  p_precision real
) returns boolean
language sql immutable parallel safe as $$
  select (p_sent)."nrBat" is not null and (p_sent)."nrBat" is distinct from p_battery
         or (p_sent)."dsLat" is not null
            and ((p_sent)."dsLat", (p_sent)."dsLong") is distinct from (p_lat, p_long)
         or (p_sent)."nrPrecisao" is not null and (p_sent)."nrPrecisao" is distinct from p_precision
$$;
comment on function private.is_other_position is
  'Whether an element contradicts the position that has its place.';
revoke all on function private.is_other_position from public;
-- Whether an element contradicts an earlier one of its batch about a row that both would write.
-- p_value, p_first_value  which of its values; 0: the position
-- Called by private.settle_overlapping.
create function private.is_other_row(
  p_element private.element, p_value integer, p_first private.element, p_first_value integer
) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_value = 0
    then private.is_other_position(p_element, (p_first)."nrBat", (p_first)."dsLat", (p_first)."dsLong",
                                   (p_first)."nrPrecisao")
    else (
      select private.is_other_value(l, f."nrValor", f."blValor", f."dsValor", f."cdProdutoItem",
                                    coalesce(f."nrQualidade", 0::smallint))
      from unnest((p_element).sensor_values[p_value:p_value]) l
      cross join unnest((p_first).sensor_values[p_first_value:p_first_value]) f)
    end
$$;
comment on function private.is_other_row is 'Whether two elements of a batch contradict each other.';
revoke all on function private.is_other_row from public;
-- Whether a value contradicts the one that has its place. Of item and quality only what was sent is compared.
-- p_sent  the later value; the others: the value that was there first
-- Inlined: no SET clause.
create function private.is_other_value(
  p_sent private.checked_value, p_number double precision, p_boolean boolean, p_text text, p_item integer,
  p_quality smallint
) returns boolean
language sql immutable parallel safe as $$
  select (p_number, p_boolean, p_text)
           is distinct from ((p_sent)."nrValor", (p_sent)."blValor", (p_sent)."dsValor")
         or (p_sent).item_was_sent and p_item is distinct from (p_sent)."cdProdutoItem"
         or coalesce(p_quality <> (p_sent)."nrQualidade", false)
$$;
comment on function private.is_other_value is 'Whether a value contradicts the one that has its place.';
revoke all on function private.is_other_value from public;
-- An element that jsonb cannot hold arrives wrapped by the program that read it: with exactly these fields,
-- and perhaps a client, a device and, of a gateway's message, $topico and $propriedades. Anything else that
-- has one of them is an ordinary element, and malformed.
create function private.is_wrapped_payload(p_element jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    jsonb_typeof(p_element) = 'object'
    and p_element ?& '{$payload,$tamanho,$hash,$error_code,$error}'
    and p_element - '{$payload,$tamanho,$hash,$error_code,$error,cdCliente,cdDispositivo,$topico,
                      $propriedades}'::text[] = '{}'
    and jsonb_typeof(p_element -> '$payload') = 'string'
    and private.read_integer(p_element -> '$tamanho') >= 0
    and p_element ->> '$hash' ~ '^[0-9a-f]{64}$'
    and p_element ->> '$error_code' in ('MALFORMED', 'INVALID_VALUE', 'TOO_LARGE'), false)
$$;
comment on function private.is_wrapped_payload is
  'The element is a wrapper around bytes that jsonb cannot hold.';
revoke all on function private.is_wrapped_payload from public;
-- When a reading is a conflict, a duplicate or stored. Runs only after an attempt to write met existing rows.
--   conflict   a value that was sent differs from the stored one (defaults, derived fields are not compared)
--   duplicate  everything in it is stored already
--   stored     something in it is missing and will be stored, or it has only meta, which is kept by its time
--   rejected   it was before, or the element names one sensor twice
-- Only rows received under the same owner of the device are looked at: what a former owner sent is neither
-- compared nor disclosed.
-- Called by private.ingest, under its lock.
create function private.judge_elements(p_elements private.element[]) returns private.element[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select coalesce(array_agg(row(
      e.batch_index, e."cdDispositivo", e."cdCliente", e."dtRegistro", e."nrSeq", e."nrBat",
      e."dsLat", e."dsLong", e."nrPrecisao", e."cdDestinatario",
      case when p."cdPosicao" is null then e."blArea" else p."blArea" end,
      case when p."cdPosicao" is null then e."nrDistancia" else p."nrDistancia" end,
      coalesce(p."cdPosicao", e."cdPosicao"), e."cdPosicao" is not null and p."cdPosicao" is null,
      l.compared_values, l.missing_count, l.take_over_count, e.names_item, e.is_untimed,
      v.verdict,
      coalesce(e."dsErro", case v.verdict
        when 'conflict' then 'CONFLICT' when 'rejected' then 'MALFORMED' end),
      coalesce(e."dsTexto", case v.verdict
        when 'conflict' then 'Other values are stored for this device or sensor and time'
        when 'rejected' then 'sensores names the same sensor twice' end)
    )::private.element order by e.batch_index), '{}')
    from unnest(p_elements) e
    left join lateral private.stored_position(e."cdDispositivo", e."dtRegistro", e."cdCliente", e."nrSeq") p
      on e."cdPosicao" is not null
    cross join lateral private.compare_values(e, p."cdPosicao") l
    cross join lateral (
      select case
        when e.verdict = 'rejected' then e.verdict
        when l.repeats then 'rejected' -- looked for here only: such an element always meets a row, its own
        when l.differs or p."cdPosicao" is not null and private.is_other_position(
            e, p."nrBat", p."dsLat", p."dsLong", p."nrPrecisao")
          then 'conflict'
        when e."cdPosicao" is null and cardinality(e.sensor_values) = 0 then 'stored'
        when l.missing_count = 0 and (e."cdPosicao" is null or p."cdPosicao" is not null) then 'duplicate'
        else 'stored'
      end as verdict
    ) v);
end
$$;
comment on function private.judge_elements is 'Verdicts of elements against what is stored.';
revoke all on function private.judge_elements from public;
-- Records product items that values name for the first time, so that the items cannot be deleted.
-- Called by private.store_elements.
create function private.link_items(p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  select distinct l."cdSensor", e."cdDispositivo", l."cdProdutoItem"
  from unnest(p_elements) e cross join unnest(e.sensor_values) l
  where e.verdict = 'stored' and l.item_was_sent
    and not exists (
      select from public."TbSensorVinculo" v
      where v."cdSensor" = l."cdSensor" and v."cdDispositivo" = e."cdDispositivo"
        and v."cdProdutoItem" = l."cdProdutoItem")
  order by 1, 2, 3
  on conflict do nothing;
end
$$;
comment on function private.link_items is 'Records product items that values name for the first time.';
revoke all on function private.link_items from public;
-- Ingests share this lock. A batch that others disturbed twenty times takes it exclusively, and so does what
-- must not meet a reading on its way: deleting devices and sensors, and another unit of a sensor, by
-- private.shut_out_ingestion.
create function private.lock_ingestion(p_exclusive boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform case
    when p_exclusive then pg_advisory_xact_lock(7274737472)
    else pg_advisory_xact_lock_shared(7274737472)
  end;
end
$$;
comment on function private.lock_ingestion is
  'Takes the lock of ingestion, shared or exclusively, until the transaction ends.';
revoke all on function private.lock_ingestion from public;
-- The one place where a checked value is built by position, always called with named arguments.
-- Inlined: no SET clause.
create function private.make_checked_value(
  p_sensor integer, p_number double precision, p_boolean boolean, p_text text, p_item integer,
  p_item_was_sent boolean, p_quality smallint, p_action text, p_owner_position bigint
) returns private.checked_value
language sql immutable parallel safe as $$
  select row(p_sensor, p_number, p_boolean, p_text, p_item, p_item_was_sent, p_quality, p_action,
             p_owner_position)::private.checked_value
$$;
comment on function private.make_checked_value is 'A checked value of these fields.';
revoke all on function private.make_checked_value from public;
-- Whether a reading names one sensor twice, by its code and its point: such an element is rejected
-- (private.judge_elements). Called by private.open_months and private.rehearse_import.
create function private.names_sensor_twice(p_element private.element) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select count(*) <> count(distinct l."cdSensor") from unnest((p_element).sensor_values) l
$$;
comment on function private.names_sensor_twice is 'Whether a reading names one sensor twice.';
revoke all on function private.names_sensor_twice from public;
-- Names under which the point of a name may be registered: as it is, in Unicode's normal form C as
-- private.normalize_point stores it; what follows the device in a URN (RFC 9039); what follows the last colon
-- or slash. Called by private.read_values and private.with_meta_points, only for names of more than plain
-- letters; plpgsql, as private.in_sensor_unit.
create function private.point_names(p_name text) returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := normalize(p_name, nfc);
begin
  return array[v_name, case when v_name like 'urn:dev:%'
                         then substring(v_name from '^urn:dev:[^:]+:[^:_/]+[:_/](.+)$') end,
               substring(v_name from '[^:/]+$')];
end
$$;
comment on function private.point_names is 'Names that a point may be registered under.';
revoke all on function private.point_names from public;
-- Why a reading of this time is out of range, and what can be done, as 'CODE text'.
-- p_sent     dtRegistro as it was sent
-- p_months   as of private.read_elements
-- Called by private.read_elements; plpgsql, as private.in_sensor_unit.
create function private.range_error(p_sent jsonb, p_time timestamp, p_now timestamp,
  p_config private."TbConfiguracao", p_months integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_month timestamp := date_trunc('month', p_now);
  v_since timestamp := v_month - make_interval(months => greatest(p_config."nrMesesAtras", p_months));
  v_import timestamp := v_month - make_interval(months => p_config."nrMesesImportacao");
begin
  return format('TIMESTAMP_OUT_OF_RANGE dtRegistro %s is not between %s and %s UTC',
                left(p_sent::text, 40), v_since::date,
                date_trunc('second', p_now + make_interval(mins => p_config."nrMinutosAdiante")))
    || case
      when p_time >= v_since then ''
      when p_months > 0 then '; nrMesesImportacao of TbConfiguracao, set by the operator, says how far back'
      when p_time >= v_import
        then format('; admins can import history from %s on', v_import::date)
      else ''
    end;
end
$$;
comment on function private.range_error is 'Why the time of a reading is out of range.';
revoke all on function private.range_error from public;
-- A batch as elements: typed, checked, with owner, geofence and time of receipt. The first error becomes the
-- verdict, in this order: shape, device, time, coordinates, values. Called by private.ingest. Inlined: no SET
-- clause, full names.
-- p_months   months back that imported readings may be dated, and need a time; 0: not an import
create function private.read_elements(p_readings jsonb, p_clients integer[], p_now timestamp,
  p_months integer default 0)
returns setof private.element
language sql stable as $$
  select (o.n - 1)::integer, d."cdDispositivo", d."cdCliente", v.instant, v.seq, g.volts, v.lat, v.long,
         case when v.lat is not null then v.accuracy end, d."cdDestinatario",
         private.is_inside_geofence(t."geoCerca", t."nrRaio", g.distance, v.long, v.lat, v.accuracy),
         g.distance::real,
         case when fault.message is null and p.has_position
           then nextval('series."TbPosicao_cdPosicao_seq"') end,
         p.has_position,
         l.sensor_values, cardinality(l.sensor_values), 0, l.names_item, c.instant is null,
         case when fault.message is null then 'stored' else 'rejected' end,
         substring(fault.message from '^\S+'), substring(fault.message from '^\S+ (.*)$')
  from jsonb_array_elements(p_readings) with ordinality as o(e, n)
  cross join private."TbConfiguracao" config
  cross join lateral (
    select nullif(o.e -> 'cdCliente', 'null') as client, nullif(o.e -> 'cdDispositivo', 'null') as device,
           nullif(o.e -> 'dtRegistro', 'null') as instant, nullif(o.e -> 'nrBat', 'null') as battery,
           nullif(o.e -> 'nrSeq', 'null') as seq, nullif(o.e -> 'latitude', 'null') as lat,
           nullif(o.e -> 'longitude', 'null') as long, nullif(o.e -> 'nrPrecisao', 'null') as accuracy,
           nullif(o.e -> 'sensores', 'null') as sensores, private.said_of_itself(o.e) as meta
    offset 0 -- each field is taken out once
  ) c
  cross join lateral ( -- what a receiver without a fix sends
    select c.lat = '0' and c.long = '0' and not config."blZeroZero" as is_without_fix
    offset 0
  ) z
  cross join lateral (
    select private.read_integer(c.device) as device, private.read_double(c.battery) as battery,
           private.read_sequence(c.seq) as seq,
           case when c.lat >= '-90' and c.lat <= '90' and z.is_without_fix is not true
             then round(c.lat::numeric, 5)::double precision end as lat,
           case when c.long >= '-180' and c.long <= '180' and z.is_without_fix is not true
             then coalesce(nullif(round(c.long::numeric, 5), 180), -180)::double precision end as long,
           case when c.accuracy >= '0' and c.accuracy <= '100000000'
             then round(c.accuracy::numeric, 3)::real end as accuracy,
           -- readings without a time in one batch are a microsecond apart, so that none is lost
           case when c.instant is null then p_now + o.n * interval '1 microsecond'
                when jsonb_typeof(c.instant) = 'string' then private.read_instant(c.instant #>> '{}')
           end as instant
    offset 0
  ) v
  cross join lateral (
    select num_nonnulls(c.battery, c.seq) > 0
             or num_nonnulls(c.lat, c.long) > 0 and z.is_without_fix is not true as has_position
  ) p
  left join public."TbDispositivo" d on d."cdDispositivo" = v.device
  left join public."TbCliente" owner on owner."cdCliente" = d."cdCliente"
  left join private."TbRetencaoPiso" expired
    on expired."cdCliente" = d."cdCliente" and expired."cdDispositivo" = 0
  left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
  left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
  cross join lateral (
    select case when c.meta is null or pg_column_size(c.meta) > 8192 then c.sensores
                else private.with_meta_points(d."cdDispositivo", c.sensores, c.meta) end as sensores
    offset 0
  ) s
  cross join lateral private.read_values(d."cdDispositivo", d."cdCliente", s.sensores) l
  cross join lateral (
    select case when num_nonnulls(v.lat, v.long, a."geoPonto") = 3 then extensions.st_distance(
             a."geoPonto",
             extensions.st_setsrid(extensions.st_makepoint(v.long, v.lat), 4326)::extensions.geography
           ) end as distance,
           private.read_volts(v.battery, d."cdUnidadeBat") as volts
    offset 0
  ) g
  cross join lateral (
    select coalesce(
      private.shape_error(o.e, v.device, c.meta, config."nrBytesElemento"),
      case
        when z.is_without_fix and not p.has_position and coalesce(c.sensores, '[]') = '[]'
          and coalesce(c.meta, '{}') = '{}'
          then 'MALFORMED Nothing to store: latitude and longitude 0 mean that there is no fix'
        when c.accuracy is not null and v.accuracy is null and not private.is_not_finite(c.accuracy)
          then 'MALFORMED nrPrecisao must be a number'
        when c.battery is not null and v.battery is null and not private.is_not_finite(c.battery)
          then 'MALFORMED nrBat must be a number'
        when c.seq is not null and v.seq is null and not private.is_whole_number(c.seq)
          then 'MALFORMED nrSeq must be a whole number'
        when c.client is not null and not private.is_whole_number(c.client)
          then 'MALFORMED cdCliente must be a whole number'
        when d."cdDispositivo" is null
          then format('UNKNOWN_DEVICE Device %s is not known', left(trunc(c.device::numeric)::text, 40))
        -- the same text, whether it does not exist, has no client or is another client's
        when d."cdCliente" is null then format('UNKNOWN_DEVICE Device %s is not known', d."cdDispositivo")
        when not d."cdCliente" = any (p_clients)
          or not (c.client is null
            or coalesce(private.read_integer(c.client) in (d."cdCliente", owner."cdClientePai"), false))
          then format('FORBIDDEN_DEVICE Device %s is not known', d."cdDispositivo")
        when v.instant is null
          then format('INVALID_TIMESTAMP dtRegistro %s is not an ISO 8601 instant', left(c.instant::text, 40))
        when v.instant < date_trunc('month', p_now)
                         - make_interval(months => greatest(config."nrMesesAtras", p_months))
          or v.instant > p_now + make_interval(mins => config."nrMinutosAdiante")
                         + o.n * interval '1 microsecond'
          then private.range_error(c.instant, v.instant, p_now, config, p_months)
        when p_months > 0 and c.instant is null then 'INVALID_TIMESTAMP dtRegistro is missing'
        when v.instant < expired."dtAnunciado" and not exists ( -- a held device: private.hold_floors
            select from private."TbRetencaoPiso" own
            where own."cdCliente" = d."cdCliente" and own."cdDispositivo" = d."cdDispositivo"
              and v.instant >= own."dtAnunciado")
          then format('TIMESTAMP_OUT_OF_RANGE dtRegistro %s: readings before %s UTC have expired',
                      left(c.instant::text, 40), expired."dtAnunciado"::date)
        when num_nonnulls(c.lat, c.long) = 1
          then 'INVALID_COORDINATES latitude and longitude must both be present or both be absent'
        when num_nonnulls(v.lat, v.long) <> num_nonnulls(c.lat, c.long) and z.is_without_fix is not true
          then 'INVALID_COORDINATES latitude must be a number from -90 to 90, longitude from -180 to 180'
        when c.accuracy is not null and v.accuracy is null
          then 'INVALID_VALUE nrPrecisao must be 0 to 100000000 metres'
        when c.battery is not null and g.volts is null
          then format('INVALID_VALUE nrBat %s %s is not 0 to 60 V; cdUnidadeBat of the device says what it '
                      'sends: V, mV or %%', left(c.battery::text, 40), d."cdUnidadeBat")
        when c.seq is not null and v.seq is null
          then 'INVALID_VALUE nrSeq is not a whole number of at most 2^53 in size'
        else l."dsErro"
      end) as message
    offset 0
  ) fault
$$;
comment on function private.read_elements is
  'The elements of a batch, typed and checked; an error becomes a verdict.';
revoke all on function private.read_elements from public;
-- The sensor values of one element, with the first error among them as 'CODE text'.
-- Inlined into the statement that reads the whole batch (private.read_elements): no SET clause, full names.
create function private.read_values(p_device integer, p_client integer, p_sensors jsonb)
returns table (sensor_values private.checked_value[], names_item boolean, "dsErro" text)
language sql stable as $$
  select coalesce(array_agg(row(
           s."cdSensor", v.value, r.boolean_value, r.text_value, coalesce(r.item, s."cdProdutoItem"),
           r.item is not null, r.quality, null, null
         )::private.checked_value), '{}'),
         coalesce(bool_or(r.item is not null), false),
         min(case
           when c.is_plain and s."cdSensor" is not null and v.value is not null
             and (c.sensor is null or c.point is null) then null
           when jsonb_typeof(o.j) <> 'object' then format('MALFORMED sensores[%s] is not an object', o.n - 1)
           when r.unknown_fields <> '{}'
             then format('MALFORMED sensores[%s] has unknown fields: %s', o.n - 1,
                         (select string_agg(k, ', ') from jsonb_object_keys(r.unknown_fields) k))
           when num_nonnulls(c.sensor, c.point) <> 1
             then format('MALFORMED sensores[%s] needs either cdSensor or dsPonto', o.n - 1)
           when num_nonnulls(c.value, r.sent_boolean, r.sent_text) <> 1
             then format('MALFORMED sensores[%s] needs exactly one of nrValor, blValor and dsValor', o.n - 1)
           when s."cdSensor" is null then private.sensor_error(o.n, c.sensor, c.point)
           when v.value is null and r.unit is not null and private.read_measure(c.value) is not null
             then private.unit_error(o.n, r.unit, private.unit_of_type(s.sensor_type))
           when num_nonnulls(v.value, r.boolean_value, r.text_value) <> 1
             or r.sent_quality is not null and r.quality is null
             or r.sent_item is not null and (r.item = s."cdProdutoItem") is not true
             then private.value_error(o.n, o.j, p_client, s."cdProdutoItem")
         end)
  from jsonb_array_elements(case when jsonb_typeof(p_sensors) = 'array' then p_sensors else '[]' end)
       with ordinality as o(j, n)
  cross join lateral (
    select nullif(o.j -> 'cdSensor', 'null') as sensor, nullif(o.j -> 'nrValor', 'null') as value,
           nullif(o.j -> 'dsPonto', 'null') as point,
           case when jsonb_typeof(o.j) = 'object' then o.j - '{cdSensor,dsPonto,nrValor}'::text[] = '{}'
                else false end as is_plain
    offset 0 -- each field is taken out once
  ) c
  left join lateral ( -- nearly all have those members only; the rest is then not looked at
    select f.*,
           case when jsonb_typeof(f.sent_boolean) = 'boolean'
             then f.sent_boolean::boolean end as boolean_value,
           case when jsonb_typeof(f.sent_text) = 'string' then f.sent_text #>> '{}' end as text_value,
           private.read_integer(f.sent_item) as item,
           case when f.sent_quality in ('0', '1', '2') then f.sent_quality::smallint end as quality,
           case when jsonb_typeof(o.j) = 'object'
             then o.j
               - '{cdSensor,dsPonto,nrValor,blValor,dsValor,cdProdutoItem,nrQualidade,dsUnidade}'::text[]
           end as unknown_fields
    from (
      select nullif(o.j -> 'blValor', 'null') as sent_boolean, nullif(o.j -> 'dsValor', 'null') as sent_text,
             nullif(o.j -> 'cdProdutoItem', 'null') as sent_item,
             nullif(o.j -> 'nrQualidade', 'null') as sent_quality, nullif(o.j -> 'dsUnidade', 'null') as unit
      offset 0
    ) f
    where not c.is_plain
    offset 0
  ) r on true
  left join lateral ( -- by its key, one by one: a device may have many sensors
    select k."cdSensor", k."cdProdutoItem", k."cdTipoSensor" as sensor_type from public."TbSensor" k
    where k."cdDispositivo" = p_device and k."cdSensor" = case
      when c.sensor is not null then private.read_integer(c.sensor)
      when jsonb_typeof(c.point) = 'string' then coalesce(
        (select n."cdSensor" from public."TbSensor" n
         where n."cdDispositivo" = p_device and n."dsPonto" = c.point #>> '{}'),
        -- a name that is unique in the world is registered without what names the device
        case when c.point::text ~ '[:/\u0080-\U0010ffff]' then (
          select n."cdSensor" from public."TbSensor" n
          where n."cdDispositivo" = p_device and n."dsPonto" = any (private.point_names(c.point #>> '{}'))
          order by length(n."dsPonto") desc limit 1) end)
    end
    offset 0
  ) s on true
  cross join lateral ( -- read_measure is inlined for a plain column only
    select case when r.unit is null then private.read_measure(c.value)
             else private.read_measure(private.in_sensor_unit(
               c.value, r.unit, private.unit_of_type(s.sensor_type), (select private.unit_rules())))
           end as value
    offset 0
  ) v
$$;
comment on function private.read_values is 'Sensor values of one element, and what is wrong with them.';
revoke all on function private.read_values from public;
-- What a device sends as nrBat, in volts: percentages are those of 3.7 V. Null outside 0 to 60 V.
-- Inlined: no SET clause.
create function private.read_volts(p_number double precision, p_unit text) returns double precision
language sql immutable parallel safe as $$
  select case p_unit
    when 'V' then case when p_number between 0 and 60 then p_number end
    when 'mV' then case when p_number between 0 and 60000 then p_number / 1000 end
    when '%' then case when p_number between 0 and 1621.6216 then p_number * 3.7 / 100 end
  end
$$;
comment on function private.read_volts is 'A battery''s reading in volts; null when it cannot be one.';
revoke all on function private.read_volts from public;
-- The verdicts that an import would give. Creating partitions only to undo it would burden everybody's
-- catalogue, so readings of months that have none are not written: nothing can be stored there that they
-- repeat or contradict but each other.
-- Called by public.importar_historico.
create function private.rehearse_import(p_readings jsonb, p_clients integer[], p_months integer)
returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := array(
    select e from unnest(private.reject_expired(array(
      select r from private.read_elements(p_readings, p_clients, now() at time zone 'UTC', p_months) r))) e
    where e.verdict = 'stored');
  v_closed timestamp[] := array(
    select m.month
    from (select distinct date_trunc('month', e."dtRegistro") as month from unnest(v_elements) e) m
    where not private.is_open_month(m.month));
  v_new private.element[] := private.settle_overlapping(array(
    select e from unnest(v_elements) e
    where date_trunc('month', e."dtRegistro") = any (v_closed) and not private.names_sensor_twice(e)
    order by e.batch_index));
  v_others jsonb := p_readings;
begin
  if v_new <> '{}' then
    v_others := (
      select jsonb_agg(case when e.batch_index is null then o.e else '{}' end order by o.n)
      from jsonb_array_elements(p_readings) with ordinality as o(e, n)
      left join unnest(v_new) e on e.batch_index = o.n - 1);
  end if;
  return array(
    select case when n.batch_index is null then e else n end
    from unnest(private.rehearse_ingest(v_others, p_clients, p_months)) e
    left join unnest(v_new) n on n.batch_index = e.batch_index
    order by e.batch_index);
end
$$;
comment on function private.rehearse_import is 'Verdicts of an import without storing anything.';
revoke all on function private.rehearse_import from public;
-- A real ingest that is undone: the verdicts are those that storing would give.
-- p_months   as of private.ingest
-- Called by public.insert_device_readings and private.rehearse_import.
create function private.rehearse_ingest(p_readings jsonb, p_clients integer[], p_months integer default 0)
returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[];
begin
  v_elements := private.ingest(p_readings, p_clients, now() at time zone 'UTC', p_months);
  raise sqlstate 'RA003';
exception
  when sqlstate 'RA003' then
    return v_elements;
end
$$;
comment on function private.rehearse_ingest is 'Verdicts of a batch without storing anything.';
revoke all on function private.rehearse_ingest from public;
-- A batch of up to 2 MB in memory has no room for too many values, so that only large ones are counted. What
-- takes longer counts for more: all that is allowed takes about as long.
-- Raises PT400 MALFORMED (not a list), PT413 TOO_LARGE (too many elements or values).
create function private.require_batch(p_readings jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_limit integer := (select "nrElementosLote" from private."TbConfiguracao");
  v_values bigint;
begin
  if jsonb_typeof(p_readings) is distinct from 'array' then
    raise sqlstate 'PT400' using message = 'A batch must be a JSON list of readings', hint = 'MALFORMED';
  end if;
  if jsonb_array_length(p_readings) > v_limit then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('The batch has %s readings; the limit is %s',
                       jsonb_array_length(p_readings), v_limit);
  end if;
  if pg_column_size(p_readings) > 67108864 then
    raise sqlstate 'PT413' using message = 'The batch has more than 64 MB', hint = 'TOO_LARGE';
  elsif pg_column_size(p_readings) > 2097152
    or pg_column_size(p_readings) > 262144 and p_readings @? '$[*].meta' then
    v_values := (
      select sum(coalesce(v.cost, 0)
                 + case when jsonb_typeof(e -> 'meta') = 'object'
                     then 4 * (select count(*) from jsonb_object_keys(e -> 'meta')) else 0 end)
      from jsonb_array_elements(p_readings) e
      cross join lateral (
        select sum(case when v ?| '{dsUnidade,cdProdutoItem}' or v ->> 'dsPonto' ~ '[:/]' then 4
                        else 1 end) as cost
        from jsonb_array_elements(
          case when jsonb_typeof(e -> 'sensores') = 'array' then e -> 'sensores' else '[]' end) v
      ) v);
    if v_values > 75000 then
      raise sqlstate 'PT413' using hint = 'TOO_LARGE',
        message = format('The batch has %s values; the limit is 75000. Values with a unit or an item, or '
                         'by a name with : or /, and members of meta count as four.', v_values);
    end if;
  end if;
end
$$;
comment on function private.require_batch is
  'Raises PT400 or PT413 unless the argument is a batch of allowed size.';
revoke all on function private.require_batch from public;
-- What a device says of itself in an element: meta, and rssi and fw beside it, as many devices send them.
-- Null when it says nothing. Inlined: no SET clause.
create function private.said_of_itself(p_element jsonb) returns jsonb
language sql stable parallel safe as $$
  select case
    when p_element ?| '{rssi,fw}'
      then coalesce(nullif(p_element -> 'meta', 'null'), '{}') || jsonb_strip_nulls(
             jsonb_build_object('rssi', p_element -> 'rssi', 'fw', p_element -> 'fw'))
    else nullif(p_element -> 'meta', 'null')
  end
$$;
comment on function private.said_of_itself is
  'What a device says of itself in an element: meta, rssi and fw.';
revoke all on function private.said_of_itself from public;
-- The elements to be stored, or stored already, of a device and time that another one of the batch has, too,
-- with their place in it (from 1): only these can meet in a row.
-- Called by private.shared_rows and private.assign_owners.
-- Inlined: no SET clause.
create function private.same_moment(p_elements private.element[])
returns table (
  place integer, verdict text, is_new boolean, "cdDispositivo" integer, "cdCliente" integer,
  "dtRegistro" timestamp, "nrSeq" bigint, "cdPosicao" bigint, sensor_values private.checked_value[]
)
language sql immutable
begin atomic
  select e.ordinality::integer, e.verdict, e.is_new, e."cdDispositivo", e."cdCliente", e."dtRegistro",
         e."nrSeq", e."cdPosicao", e.sensor_values
  from unnest(p_elements) with ordinality e
  where e.verdict in ('stored', 'duplicate')
    and ((e."cdDispositivo", e."dtRegistro", e."cdCliente") in (
      select o."cdDispositivo", o."dtRegistro", o."cdCliente" from unnest(p_elements) o
      where o.verdict in ('stored', 'duplicate')
      group by o."cdDispositivo", o."dtRegistro", o."cdCliente" having count(*) > 1)
    ) is true; -- so that it is hashed; as a join it would be nested loops, see private.ingest
end;
comment on function private.same_moment is
  'The elements of a batch that have device and time in common with another one.';
revoke all on function private.same_moment from public;
-- What is wrong with the sensor or point that a value names, as 'CODE text'. Called only for values that look
-- wrong; plpgsql, as private.in_sensor_unit.
create function private.sensor_error(p_n bigint, p_sensor jsonb, p_point jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return case
    when p_sensor is not null and not private.is_whole_number(p_sensor)
      then format('MALFORMED sensores[%s].cdSensor must be a whole number', p_n - 1)
    when p_sensor is not null
      then format('UNKNOWN_SENSOR sensores[%s]: the device has no sensor %s',
                  p_n - 1, left(p_sensor::text, 40))
    when jsonb_typeof(p_point) <> 'string'
      then format('MALFORMED sensores[%s].dsPonto must be a string', p_n - 1)
    else format('UNKNOWN_POINT sensores[%s]: the device has no point %s', p_n - 1, left(p_point::text, 80))
  end;
end
$$;
comment on function private.sensor_error is 'Why a value does not name a sensor of its device.';
revoke all on function private.sensor_error from public;
-- A batch is judged as if its elements came one after the other. Where several would write one row, the first
-- of them does, and the others are compared with it: they contradict it, or add what it lacks. That is done
-- in memory and in one pass, however many elements meet: so all are written at once, in the one order of
-- locks, and nobody else is kept out meanwhile.
-- The elements come, and are returned, in the order of the batch. Called by private.ingest.
create function private.settle_overlapping(p_elements private.element[]) returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := p_elements;
  v_rows integer := (select coalesce(sum(1 + cardinality(e.sensor_values)), 0) from unnest(p_elements) e);
  v_first integer[] := array_fill(null::integer, array[v_rows]); -- of each row: who writes it
  v_first_value integer[] := v_first;
  v_one record; -- an element
  v_touch record;
  v_row integer;
  v_value integer;
begin
  for v_touch in
    select r.place, array_agg(r.target) as targets, array_agg(r.value_place) as value_places
    from private.shared_rows(p_elements) r group by r.place order by r.place
  loop
    v_one := v_elements[v_touch.place];
    for v_n in 1 .. cardinality(v_touch.targets) loop
      v_row := v_touch.targets[v_n];
      if v_first[v_row] is not null and private.is_other_row(
           v_one, v_touch.value_places[v_n], v_elements[v_first[v_row]], v_first_value[v_row]) then
        v_one.verdict := 'conflict';
        v_one."dsErro" := 'CONFLICT';
        v_one."dsTexto" := 'Other values are stored for this device or sensor and time';
      end if;
    end loop;
    for v_n in 1 .. cardinality(v_touch.targets) loop
      exit when v_one.verdict = 'conflict';
      v_row := v_touch.targets[v_n];
      v_value := v_touch.value_places[v_n];
      if v_first[v_row] is null then
        v_first[v_row] := v_touch.place;
        v_first_value[v_row] := v_value;
      elsif v_value > 0 then
        v_one.sensor_values[v_value].action := 'keep';
      else
        v_one.is_new := false;
        v_one."cdPosicao" := (v_elements[v_first[v_row]])."cdPosicao";
        v_one."blArea" := (v_elements[v_first[v_row]])."blArea";
        v_one."nrDistancia" := (v_elements[v_first[v_row]])."nrDistancia";
      end if;
    end loop;
    if v_one.verdict <> 'conflict' and not v_one.is_new
       and not exists (select from unnest(v_one.sensor_values) l where l.action is null) then
      v_one.verdict := 'duplicate';
    end if;
    v_elements[v_touch.place] := v_one;
  end loop;
  return private.assign_owners(v_elements);
end
$$;
comment on function private.settle_overlapping is
  'Compares elements of a batch that would write the same rows.';
revoke all on function private.settle_overlapping from public;
-- What is wrong with the shape of an element, whatever devices exist, as 'CODE text'; null when nothing is.
-- Inlined: no SET clause; the rarer checks are function calls.
-- p_device   its cdDispositivo as private.read_integer has it
-- p_meta     what private.said_of_itself finds in it
create function private.shape_error(p_element jsonb, p_device integer, p_meta jsonb, p_bytes integer)
returns text
language sql stable as $$
  select case
    when jsonb_typeof(p_element) <> 'object' then 'MALFORMED The element is not an object'
    when p_element - array['cdDispositivo', 'dtRegistro', 'nrBat', 'latitude', 'longitude', 'sensores',
                           'nrSeq', 'cdCliente', 'nrPrecisao', 'meta', 'rssi', 'fw'] <> '{}'
      then private.unknown_field_error(p_element)
    when pg_column_size(p_element) > p_bytes
      then format('TOO_LARGE The element has more than %s bytes', p_bytes)
    when p_device is null and not coalesce(private.is_whole_number(p_element -> 'cdDispositivo'), false)
      then 'MALFORMED cdDispositivo must be a whole number'
    when not jsonb_typeof(p_element -> 'sensores') in ('array', 'null')
      then 'MALFORMED sensores must be a list'
    when p_meta is not null and (jsonb_typeof(p_element -> 'meta') not in ('object', 'null')
      or pg_column_size(p_meta) > 8192)
      then 'MALFORMED meta must be an object of at most 8192 bytes, together with rssi and fw'
    when coalesce(p_element -> 'sensores', 'null') in ('[]', 'null') and coalesce(p_meta, '{}') = '{}'
      and num_nonnulls(nullif(p_element -> 'latitude', 'null'), nullif(p_element -> 'longitude', 'null'),
                       nullif(p_element -> 'nrBat', 'null'), nullif(p_element -> 'nrSeq', 'null')) = 0
      then 'MALFORMED Nothing to store: no coordinates, nrBat, nrSeq, sensores, meta, rssi or fw'
  end
$$;
comment on function private.shape_error is
  'What is wrong with the shape of an element; null when nothing is.';
revoke all on function private.shape_error from public;
-- The rows that more than one element of a batch would write: by place of the element (from 1), which row, as
-- a number, and which of its values; 0: its position. Called by private.settle_overlapping.
create function private.shared_rows(p_elements private.element[])
returns table (place integer, target integer, value_place integer)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with touch as (
    select e.place, 0 as value_place, e."cdDispositivo" as code, e."dtRegistro" as moment,
           e."nrSeq" as seq, e."cdCliente" as client
    from private.same_moment(p_elements) e
    where e.verdict = 'stored' and e.is_new
    union all
    select e.place, l.ordinality, l."cdSensor", e."dtRegistro", null, e."cdCliente"
    from private.same_moment(p_elements) e cross join unnest(e.sensor_values) with ordinality l
    where e.verdict = 'stored' and l.action is null
  ), numbered as (
    select t.place, t.value_place,
           dense_rank() over (order by t.value_place = 0, t.code, t.moment, t.client, t.seq) as target,
           count(*) over (partition by t.value_place = 0, t.code, t.moment, t.client, t.seq) as touches
    from touch t
  )
  select n.place::integer, n.target::integer, n.value_place::integer from numbered n where n.touches > 1
$$;
comment on function private.shared_rows is 'The rows that more than one element of a batch would write.';
revoke all on function private.shared_rows from public;
-- Takes the lock of ingestion exclusively, for changes that must not meet a reading on its way. Whoever waits
-- for it makes every later batch wait as well, for as long as the slowest batch of anybody takes: so this
-- waits for a moment only, lets others pass, and tries again. It also ends when a batch of this very caller
-- waits for the rows that the change has locked, sooner than that batch would. Raises PT503 BUSY.
create function private.shut_out_ingestion() returns void
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '100ms' as $$
begin
  for v_attempt in 1 .. 15 loop
    begin
      perform private.lock_ingestion(true);
      return;
    exception when lock_not_available then
      perform pg_sleep(0.1);
    end;
  end loop;
  raise sqlstate 'PT503' using hint = 'BUSY', detail = '1',
    message = 'Readings are being stored that this change must not meet; try again.';
end
$$;
comment on function private.shut_out_ingestion is
  'Keeps ingestion out until the transaction ends, without making it wait for long.';
revoke all on function private.shut_out_ingestion from public;
-- Writes the elements to be stored. Every caller locks rows in one order (positions, current positions,
-- values, links; each by key), so that callers wait for each other but never in a circle.
-- Raises unique_violation when a row exists after all: from an earlier delivery, from another caller who was
-- faster and could not be seen by this statement, or from another element of the batch. The caller undoes and
-- judges.
create function private.store_elements(p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_has record; -- what there is to do, found out in one pass
begin
  select coalesce(bool_or(e.verdict = 'stored' and e.is_new), false) as positions,
         coalesce(bool_or(e.verdict = 'stored' and e.names_item), false) as items,
         coalesce(bool_or(e.verdict in ('stored', 'duplicate') and e.take_over_count > 0), false)
           as take_overs,
         min(e."dtRegistro") filter (where e.verdict = 'stored') as oldest
  into v_has from unnest(p_elements) e;
  -- the triggers need not look at every row: mark_dirty_hours does it once, at the end
  perform set_config('rastro.dirty_marking', 'in bulk', true);
  if v_has.positions then
    insert into series."TbPosicao" (
      "cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrPrecisao", "nrBat", "cdDispositivo", "cdCliente",
      "nrSeq", "cdDestinatario", "nrDistancia", "blArea")
    select e."cdPosicao", e."dtRegistro", e."dsLat", e."dsLong", e."nrPrecisao", e."nrBat",
           e."cdDispositivo", e."cdCliente", e."nrSeq", e."cdDestinatario", e."nrDistancia", e."blArea"
    from unnest(p_elements) e
    where e.is_new and e.verdict = 'stored'
    order by e."cdDispositivo", e."dtRegistro", e."nrSeq" nulls first;
  end if;

  insert into series."TbSensorRegistro" (
    "dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente",
    "cdProdutoItem", "nrQualidade", "blValor", "dsValor")
  select e."dtRegistro", l."nrValor", coalesce(l.owner_position, e."cdPosicao"), l."cdSensor",
         e."cdDispositivo", e."cdCliente", l."cdProdutoItem", coalesce(l."nrQualidade", 0), l."blValor",
         l."dsValor"
  from unnest(p_elements) e cross join unnest(e.sensor_values) l
  where e.verdict = 'stored' and l.action is null
  order by l."cdSensor", e."dtRegistro";

  if v_has.take_overs then
    perform private.take_over_values(p_elements);
  end if;
  if v_has.items then
    perform private.link_items(p_elements);
  end if;
  perform private.refuse_packed(p_elements, v_has.oldest);
  perform private.mark_dirty_hours(p_elements, v_has.oldest);
  perform set_config('rastro.dirty_marking', '', true);
end
$$;
comment on function private.store_elements is
  'Writes the elements to be stored; raises unique_violation when a row already exists.';
revoke all on function private.store_elements from public;
-- Values that came under several positions belong to the one with the lowest nrSeq. Changes only rows that
-- still belong to the position seen when they were judged. Called by private.store_elements. Raises RA001
-- when another caller was faster.
create function private.take_over_values(p_elements private.element[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_target record;
begin
  for v_target in
    select l."cdSensor", e."dtRegistro", e."cdCliente", e."cdPosicao", l.owner_position
    from unnest(p_elements) e cross join unnest(e.sensor_values) l
    where e.verdict in ('stored', 'duplicate') and l.action = 'take_over'
    order by l."cdSensor", e."dtRegistro" -- one lock order for all callers
  loop
    update series."TbSensorRegistro" r set "cdPosicao" = v_target."cdPosicao"
    where r."cdSensor" = v_target."cdSensor" and r."dtRegistro" = v_target."dtRegistro"
      and r."cdCliente" = v_target."cdCliente" and r."cdPosicao" is not distinct from v_target.owner_position;
    if not found and not private.take_over_packed(v_target."cdSensor", v_target."dtRegistro",
         v_target."cdCliente", v_target.owner_position, v_target."cdPosicao") then
      raise sqlstate 'RA001';
    end if;
  end loop;
end
$$;
comment on function private.take_over_values is 'Assigns values to the position with the lowest nrSeq.';
revoke all on function private.take_over_values from public;
-- Why a value cannot be stored with the unit it was sent with, as 'CODE text'.
-- p_own   unit of the sensor's type
-- Called by private.read_values.
create function private.unit_error(p_n bigint, p_unit jsonb, p_own text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return case
    when jsonb_typeof(p_unit) <> 'string'
      then format('MALFORMED sensores[%s].dsUnidade must be a string', p_n - 1)
    else format('INVALID_VALUE sensores[%s].dsUnidade %s cannot be converted to %s, the unit of the sensor',
                p_n - 1, left(p_unit::text, 40), left(trim(p_own), 40))
  end;
end
$$;
comment on function private.unit_error is 'Why a value cannot be stored with its unit.';
revoke all on function private.unit_error from public;
-- Part of private.read_values, for values that are sent with a unit; plpgsql, as that keeps its plan.
create function private.unit_of_type(p_type bigint) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (select t."dsUnidade" from public."TbTipoSensor" t where t.id = p_type);
end
$$;
comment on function private.unit_of_type is 'The unit in which values of a sensor type are stored.';
revoke all on function private.unit_of_type from public;
-- What units measure: {unit: {bases: [base], base: [factor, offset]}}, as in TbUnidade. Called once for a
-- batch that has a value with a unit, by private.read_values: by units, as clients may make any number of
-- types.
create function private.unit_rules() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_object_agg(u.name, u.terms || jsonb_build_object('bases', u.bases))
  from (
    select k."dsUnidade" as name, jsonb_agg(k."dsUnidadeBase" order by k."dsUnidadeBase") as bases,
           jsonb_object_agg(k."dsUnidadeBase", jsonb_build_array(k."nrFator", k."nrDeslocamento")) as terms
    from private."TbUnidade" k group by 1
  ) u
$$;
comment on function private.unit_rules is 'What units measure, and how to convert them.';
revoke all on function private.unit_rules from public;
-- How to convert a unit into another: [factor, offset, own factor, own offset]; null when they measure
-- different things. Names as they are written count before those in lower case, as h and H are two units.
-- p_own     unit of the sensor's type
-- p_rules   private.unit_rules
-- Part of private.in_sensor_unit.
create function private.unit_terms(p_own text, p_unit text, p_rules jsonb) returns numeric[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_own jsonb;
  v_unit jsonb;
  v_base text;
begin
  foreach v_own in array array[p_rules -> p_own, p_rules -> lower(p_own)] loop
    foreach v_unit in array array[p_rules -> p_unit, p_rules -> lower(p_unit)] loop
      for i in 0 .. coalesce(jsonb_array_length(v_own -> 'bases'), 0) - 1 loop
        v_base := v_own -> 'bases' ->> i;
        if v_unit ? v_base then
          return array[v_unit -> v_base -> 0, v_unit -> v_base -> 1, v_own -> v_base -> 0,
                       v_own -> v_base -> 1]::numeric[];
        end if;
      end loop;
    end loop;
  end loop;
  return null;
end
$$;
comment on function private.unit_terms is 'How to convert a unit into another; null when it cannot be.';
revoke all on function private.unit_terms from public;
-- The fields of a wrapped payload carry the error of whoever could not read it; others are unknown.
-- Called by private.shape_error.
create function private.unknown_field_error(p_element jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when private.is_wrapped_payload(p_element)
      then (p_element ->> '$error_code') || ' '
           || left(coalesce(p_element ->> '$error', 'The element is not readable'), 200)
    else 'MALFORMED Unknown fields: ' || left((
      select string_agg(k, ', ')
      from jsonb_object_keys(
        p_element - 'meta'
        - '{cdCliente,cdDispositivo,dtRegistro,nrBat,nrSeq,latitude,longitude,nrPrecisao,sensores}'::text[]
      ) k), 200)
  end
$$;
comment on function private.unknown_field_error is 'What is wrong with an element that has unknown fields.';
revoke all on function private.unknown_field_error from public;
-- What is wrong with one value, its quality or its product item, as 'CODE text'. Called by
-- private.read_values, only for values that look wrong or name an item of their own; plpgsql, as
-- private.in_sensor_unit.
create function private.value_error(p_n bigint, p_json jsonb, p_client integer, p_sensor_item integer)
returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_value jsonb := nullif(p_json -> 'nrValor', 'null');
  v_quality jsonb := nullif(p_json -> 'nrQualidade', 'null');
  v_item jsonb := nullif(p_json -> 'cdProdutoItem', 'null');
begin
  return case
    when private.is_not_finite(v_value) and private.read_measure(v_value) is null
      then format('INVALID_VALUE sensores[%s].nrValor %s is not a finite number that can be stored as it is: '
                  'whole numbers are limited to 2^53, others to 1.34e154 in size',
                  p_n - 1, left(v_value::text, 40))
    when v_value is not null and private.read_measure(v_value) is null
      then format('MALFORMED sensores[%s].nrValor must be a number', p_n - 1)
    when jsonb_typeof(nullif(p_json -> 'blValor', 'null')) <> 'boolean'
      then format('MALFORMED sensores[%s].blValor must be true or false', p_n - 1)
    when jsonb_typeof(nullif(p_json -> 'dsValor', 'null')) <> 'string'
      then format('MALFORMED sensores[%s].dsValor must be a string', p_n - 1)
    when v_quality not in ('0', '1', '2')
      then format('INVALID_VALUE sensores[%s].nrQualidade must be 0 (ok), 1 (suspect) or 2 (fault)', p_n - 1)
    when v_item is not null and not private.is_whole_number(v_item)
      then format('MALFORMED sensores[%s].cdProdutoItem must be a whole number', p_n - 1)
    when v_item is not null
      and not coalesce(
        private.is_allowed_item(private.read_integer(v_item), p_sensor_item, p_client), false)
      then format('INVALID_VALUE sensores[%s].cdProdutoItem %s is not an item of this client''s products',
                  p_n - 1, left(v_item::text, 40))
  end;
end
$$;
comment on function private.value_error is
  'Why a value, its quality or its item cannot be stored; null when they can.';
revoke all on function private.value_error from public;
-- The values of an element, and what its meta says of points that the device has and that the values do not
-- name. What cannot be a value is left out: it never makes the element fail. What the values name is hashed,
-- as both may be many. Called by private.read_elements, only for elements with meta of an allowed size.
create function private.with_meta_points(p_device integer, p_sensors jsonb, p_meta jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when jsonb_typeof(p_meta) <> 'object' or jsonb_typeof(coalesce(p_sensors, '[]')) <> 'array' then p_sensors
    else nullif(coalesce(p_sensors, '[]') || coalesce((
      select jsonb_agg(jsonb_build_object('cdSensor', k."cdSensor", f.field, m.value) order by k."cdSensor")
      from jsonb_each(p_meta) m
      cross join lateral ( -- by its name, one by one: a device may have many sensors
        select s."cdSensor", s."dsPonto" from public."TbSensor" s
        where s."cdDispositivo" = p_device and s."dsPonto" = normalize(m.key, nfc)
        offset 0
      ) k
      cross join lateral (
        select case jsonb_typeof(m.value)
          when 'number' then case when private.read_measure(m.value) is not null then 'nrValor' end
          when 'boolean' then 'blValor'
          when 'string' then 'dsValor'
        end as field) f
      where f.field is not null
        and to_jsonb(k."cdSensor") not in (
          select v -> 'cdSensor' from jsonb_array_elements(coalesce(p_sensors, '[]')) v where v ? 'cdSensor')
        and k."dsPonto" not in (
          select n from jsonb_array_elements(coalesce(p_sensors, '[]')) v
          cross join unnest(private.point_names(v ->> 'dsPonto')) n where n is not null)), '[]'), '[]')
  end
$$;
comment on function private.with_meta_points is 'The values of an element with those that its meta has.';
revoke all on function private.with_meta_points from public;
-- end

-- from sql/30_ingestion/rpc
-- Stores readings that come from elsewhere, older ones than devices may send too: back to
-- nrMesesImportacao months (TbConfiguracao). Months before the covered ones get their partitions with the
-- first reading that is stored in them. The same checks, verdicts and keys as insert_device_readings, and
-- the same answer; nothing is quarantined, as the caller has the file and the answer says what is wrong
-- with each reading.
-- p_leituras     as p_readings of insert_device_readings, but of 12,000 values at most, and each with
--                dtRegistro; a value may name its sensor by cdTipoSensor where the device has only one of
--                this type, and nrBatPercentual stands for nrBat
-- p_validar      judges and stores nothing
-- p_so_excecoes  results only for conflict and rejected
-- Who: callers with the permission admin, for devices of their clients. Security definer: API roles may
-- not write time series or create partitions.
-- Raises PT400 MALFORMED (not a list), RANGE_TOO_WIDE (more than 6 months to begin), PT401, PT403, PT413
-- TOO_LARGE, PT429, PT503 BUSY (others begin months, for more than 4 seconds); never because of a reading.
create function public.importar_historico(
  p_leituras jsonb, p_validar boolean default false, p_so_excecoes boolean default false
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_months integer := (
    select greatest(c."nrMesesImportacao", c."nrMesesAtras", 1) from private."TbConfiguracao" c);
  v_readings jsonb := p_leituras;
  v_elements private.element[];
  v_values bigint;
begin
  perform private.require_batch(p_leituras);
  -- each is read up to three times: to complete it, to judge it, and once its month has partitions
  v_values := (select count(*) from jsonb_path_query(p_leituras, '$[*].sensores[*]'));
  if v_values > 12000 then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('The import has %s values; the limit is 12000. Send it in parts.', v_values);
  end if;
  if p_leituras @? '$[*].nrBatPercentual' or p_leituras @? '$[*].sensores[*].cdTipoSensor' then
    v_readings := private.complete_imported(p_leituras, v_caller."cdClientes");
  end if;
  if p_validar then
    v_elements := private.rehearse_import(v_readings, v_caller."cdClientes", v_months);
  else
    v_elements := private.ingest(
      v_readings, v_caller."cdClientes", now() at time zone 'UTC', v_months);
  end if;
  return private.describe_verdicts(v_elements, p_so_excecoes, p_validar);
end
$$;
comment on function public.importar_historico is
  'Stores readings of earlier months exactly once and answers with a verdict per reading.';
revoke all on function public.importar_historico from public;
grant execute on function public.importar_historico to authenticated, service_role;
-- Stores one reading; a special case of insert_device_readings, with the same rules, permissions and errors.
-- p_sensor_readings  [{cdSensor | dsPonto, nrValor | blValor | dsValor, cdProdutoItem?, nrQualidade?,
--                      dsUnidade?}]
-- p_meta             what the device says of itself, such as rssi and fw
create function public.insert_device_reading(
  p_cd_dispositivo integer, p_nr_bat double precision default null, p_nr_seq bigint default null,
  p_dt_registro timestamptz default null, p_latitude double precision default null,
  p_longitude double precision default null, p_sensor_readings jsonb default null,
  p_nr_precisao double precision default null, p_meta jsonb default null
) returns json
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select (r -> 'results' -> 0)::json
  from public.insert_device_readings(jsonb_build_array(jsonb_build_object(
    'cdDispositivo', p_cd_dispositivo, 'nrBat', p_nr_bat, 'nrSeq', p_nr_seq,
    'dtRegistro', case
      -- years that ISO 8601 has; of others to_char leaves out that they are before Christ
      when p_dt_registro >= '0001-01-01Z' and p_dt_registro < '10000-01-01Z'
      then to_char(p_dt_registro at time zone 'UTC', 'FXYYYY-MM-DD"T"HH24:MI:SS.US')
      else p_dt_registro::text
    end,
    'latitude', p_latitude, 'longitude', p_longitude,
    'nrPrecisao', p_nr_precisao, 'sensores', p_sensor_readings, 'meta', p_meta))) r
$$;
comment on function public.insert_device_reading is
  'Stores one device reading exactly once and answers with its verdict.';
revoke all on function public.insert_device_reading from public;
grant execute on function public.insert_device_reading to authenticated, service_role;
-- Stores a batch of readings; the only way in. Judged and stored in one transaction, with one verdict per
-- element.
-- p_readings     [{cdCliente?, cdDispositivo, dtRegistro?, nrBat?, nrSeq?, latitude?, longitude?,
--                  nrPrecisao?, sensores: [
--                  {cdSensor | dsPonto, nrValor | blValor | dsValor, cdProdutoItem?, nrQualidade?,
--                   dsUnidade?}],
--                 meta?: {}, rssi?, fw?}]
-- p_validar      judges and stores nothing
-- p_so_excecoes  results only for conflict and rejected
-- Who: callers with the permission ingest. Security definer: API roles may not write time series.
-- Raises PT400 MALFORMED (not a list), PT401, PT403, PT413 TOO_LARGE (too many elements), PT429 (limits of a
-- key); never because of an element.
create function public.insert_device_readings(
  p_readings jsonb, p_validar boolean default false, p_so_excecoes boolean default false
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_elements private.element[];
begin
  perform private.require_batch(p_readings);
  if p_validar then
    v_elements := private.rehearse_ingest(p_readings, v_caller."cdClientes");
  else
    v_elements := private.ingest(p_readings, v_caller."cdClientes", now() at time zone 'UTC');
    perform private.keep_meta(v_elements, p_readings);
    perform private.quarantine_elements(v_elements, p_readings, v_caller);
  end if;
  return private.describe_verdicts(v_elements, p_so_excecoes, p_validar);
end
$$;
comment on function public.insert_device_readings is
  'Stores a batch of device readings exactly once and answers with a verdict per element.';
revoke all on function public.insert_device_readings from public;
grant execute on function public.insert_device_readings to authenticated, service_role;
-- Stores one reading as legacy trackers send it, without a time; a special case of insert_device_readings.
-- Returns its verdict together with the rows that were stored:
-- {verdict, …, posicao: {column: value …, sensores: [{column: value}]}}; posicao is null unless stored.
-- p_leitura  one element of insert_device_readings; a time in it is ignored, it is stored as of now
-- Who: callers with the permission ingest.
-- Security definer: callers may lack the permission to read; they get back only what they sent.
create function public.registrar_posicao(p_leitura jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_now timestamp := now() at time zone 'UTC';
  v_verdict jsonb :=
    public.insert_device_readings(jsonb_build_array(p_leitura - 'dtRegistro')) -> 'results' -> 0;
begin
  return v_verdict || jsonb_build_object('posicao', (
    select to_jsonb(p) - 'nrPrecisao' || jsonb_build_object('sensores', (
      select coalesce(jsonb_agg(to_jsonb(r) order by r."cdSensor"), '[]')
      from public."TbSensorVinculo" v
      join series."TbSensorRegistro" r
        on r."cdSensor" = v."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdCliente" = p."cdCliente"
      where v."cdDispositivo" = p."cdDispositivo" and r."cdPosicao" = p."cdPosicao"))
    from series."TbPosicao" p
    where p."cdPosicao" = (v_verdict ->> 'cdPosicao')::bigint
      and p."cdDispositivo" = (p_leitura ->> 'cdDispositivo')::integer
      -- readings without a time in one batch are a microsecond apart
      and p."dtRegistro" between v_now and v_now + interval '1 second'));
end
$$;
comment on function public.registrar_posicao is
  'Stores one reading as of now and answers with the rows that were stored.';
revoke all on function public.registrar_posicao from public;
grant execute on function public.registrar_posicao to authenticated, service_role;
-- end
