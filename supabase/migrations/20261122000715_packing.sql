-- Packing of history: step by step by maintenance, judged and read as if it were not packed.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/55_packing/rows
insert into private."TbFrioMarca" default values;
-- end

-- from sql/55_packing/functions
-- The end of a range that includes a time, for ranges whose end is excluded. Time that cannot be later stays.
-- Inlined: no SET clause. Who may call it: every API role.
create function private.after(p_time timestamp) returns timestamp
language sql immutable parallel safe as $$
  select case when p_time >= timestamp '294276-12-31 23:59:59.999999' then 'infinity'
              else p_time + interval '1 microsecond' end
$$;
comment on function private.after is 'The end, excluded, of a range that includes a time.';
revoke all on function private.after from public;
grant execute on function private.after to authenticated, service_role;
-- Where the chunk begins that has the value of a key, if it is packed.
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.chunk_at(p_sensor integer, p_time timestamp, p_client integer)
returns table ("dtPrimeiro" timestamp)
language sql stable
begin atomic
  select c."dtPrimeiro" from series."TbSensorRegistroFrio" c
  where c."cdSensor" = p_sensor and c."cdCliente" = p_client
    and c."dtPrimeiro" >= date_trunc('month', p_time) and c."dtPrimeiro" <= p_time
  order by c."dtPrimeiro" desc limit 1;
end;
comment on function private.chunk_at is 'Where the chunk of a sensor, time and client begins.';
revoke all on function private.chunk_at from public;
grant execute on function private.chunk_at to authenticated, service_role;
-- Into which chunk a row goes: chunks are of equal size, of 3,000 rows at most, which is a month of readings
-- every fifteen minutes. Inlined: no SET clause.
-- p_place, p_total   place of the row, from 1, and how many there are
create function private.chunk_of(p_place bigint, p_total bigint) returns bigint
language sql immutable parallel safe as $$
  select (p_place - 1) * ((p_total + 2999) / 3000) / p_total
$$;
comment on function private.chunk_of is 'Which of a number of equal chunks a row goes into.';
revoke all on function private.chunk_of from public;
-- Where the newest chunk of a sensor before a time begins; null when there is none. Part of
-- private.newest_value.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.chunk_start(p_sensor integer, p_before timestamp) returns timestamp
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select c."dtPrimeiro" from series."TbSensorRegistroFrio" c
  where c."cdSensor" = p_sensor and c."dtPrimeiro" < p_before
  order by c."dtPrimeiro" desc limit 1;
end;
comment on function private.chunk_start is 'Where the newest chunk of a sensor before a time begins.';
revoke all on function private.chunk_start from public;
grant execute on function private.chunk_start to authenticated, service_role;
-- How many rows a partition has left, counted up to 1,001; 0 where there is none. Part of
-- private.retire_partitions.
create function private.count_left(p_partition regclass) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_rows bigint := 0;
begin
  if p_partition is not null then
    execute format('select count(*) from (select from %s limit 1001) r', p_partition) into v_rows;
  end if;
  return v_rows;
end
$$;
comment on function private.count_left is 'How many rows a partition has left, up to 1,001.';
revoke all on function private.count_left from public;
-- Chunks that do not unpack to the rows that were packed, by number of rows, first and last time and
-- checksum; a chunk that cannot be unpacked at all is damaged as well. One by one, as an error in one must
-- not hide the others.
-- p_table   TbSensorRegistroFrio, TbPosicaoFria or TbRollupFrio
create function private.damaged_chunks(p_table text, p_chunks bigint[]) returns bigint[]
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_chunk bigint;
  v_is_intact boolean;
  v_damaged bigint[] := array[]::bigint[];
begin
  foreach v_chunk in array coalesce(p_chunks, '{}') loop
    begin
      v_is_intact := case p_table
        when 'TbPosicaoFria' then private.is_intact_positions(v_chunk)
        when 'TbRollupFrio' then private.is_intact_buckets(v_chunk)
        else private.is_intact_values(v_chunk) end;
    exception when data_corrupted or internal_error or data_exception or program_limit_exceeded
      or wrong_object_type or undefined_object or undefined_function or datatype_mismatch or io_error
      or sqlstate 'PT500' then
      v_is_intact := false;
    end;
    if v_is_intact is not true then
      v_damaged := v_damaged || v_chunk;
    end if;
  end loop;
  return v_damaged;
end
$$;
comment on function private.damaged_chunks is 'Chunks that do not unpack to the rows that were packed.';
revoke all on function private.damaged_chunks from public;
-- Where packed chunks are marked as damaged: of each, its sensor or device, its client and the time up to the
-- next chunk. Rows that arrive for it cannot be folded in and stay as they are.
-- Part of private.values_to_pack and private.positions_to_pack; there are hardly ever any.
-- p_table   TbSensorRegistroFrio or TbPosicaoFria
create function private.damaged_ranges(p_table text) returns private.data_range[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(private.make_data_range(p_code => d.code, p_client => d."cdCliente",
    p_since => d."dtPrimeiro",
    p_until => coalesce(d.next_chunk, date_trunc('month', d."dtPrimeiro") + interval '1 month'))), '{}')
  from (
    select v."cdSensor" as code, v."cdCliente", v."dtPrimeiro", (
             select min(n."dtPrimeiro") from series."TbSensorRegistroFrio" n
             where n."cdSensor" = v."cdSensor" and n."cdCliente" = v."cdCliente"
               and n."dtPrimeiro" > v."dtPrimeiro"
               and n."dtPrimeiro" < date_trunc('month', v."dtPrimeiro") + interval '1 month') as next_chunk
    from series."TbSensorRegistroFrio" v where v."blDanificado" and p_table = 'TbSensorRegistroFrio'
    union all
    select p."cdDispositivo", p."cdCliente", p."dtPrimeiro", (
             select min(n."dtPrimeiro") from series."TbPosicaoFria" n
             where n."cdDispositivo" = p."cdDispositivo" and n."cdCliente" = p."cdCliente"
               and n."dtPrimeiro" > p."dtPrimeiro"
               and n."dtPrimeiro" < date_trunc('month', p."dtPrimeiro") + interval '1 month')
    from series."TbPosicaoFria" p where p."blDanificado" and p_table = 'TbPosicaoFria'
  ) d
$$;
comment on function private.damaged_ranges is 'Where packed chunks are marked as damaged.';
revoke all on function private.damaged_ranges from public;
-- Where a number is among packed integers, in whatever order they are: its places, from 0. All are looked at;
-- for times see private.find_times.
-- Who may call it: every API role, as reads run as their caller.
create function private.find_in_packed(p_packed private.packed_integers, p_count integer, p_number bigint)
returns integer[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select n from generate_series(0, p_count - 1) n
    where private.unpack_integer(p_packed.base, p_packed.step, p_packed.unit, p_packed.width, p_packed.blank,
            p_packed.planes, p_count, n) = p_number
    order by n);
end
$$;
comment on function private.find_in_packed is 'The places, from 0, of a number among packed integers.';
revoke all on function private.find_in_packed from public;
grant execute on function private.find_in_packed to authenticated, service_role;
-- Where the position of a time and nrSeq is in its chunk: its place, from 0; null where it is not. Positions
-- are packed by time, then nrSeq, nulls first, so that it is looked for by halves: many may have one time.
-- Who may call it: every API role, as reads run as their caller.
create function private.find_position(p_times private.packed_integers, p_seqs private.packed_integers,
  p_count integer, p_time bigint, p_seq bigint) returns integer
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_low integer := 0;
  v_high integer := p_count;
  v_middle integer;
  v_time bigint;
  v_seq bigint;
begin
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    v_time := private.unpack_integer(p_times.base, p_times.step, p_times.unit, p_times.width, p_times.blank,
      p_times.planes, p_count, v_middle);
    v_seq := private.unpack_integer(p_seqs.base, p_seqs.step, p_seqs.unit, p_seqs.width, p_seqs.blank,
      p_seqs.planes, p_count, v_middle);
    if v_time = p_time and v_seq is not distinct from p_seq then
      return v_middle;
    elsif v_time < p_time or v_time = p_time and p_seq is not null and (v_seq < p_seq) is not false then
      v_low := v_middle + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  return null;
end
$$;
comment on function private.find_position is 'The place, from 0, of a time and nrSeq among packed positions.';
revoke all on function private.find_position from public;
grant execute on function private.find_position to authenticated, service_role;
-- Where a time is among packed ones, which ascend: its places, from 0. It is looked for by halves, from the
-- start only in the few places that it can be at where the residuals are small beside the step, as with times
-- that come evenly.
-- Who may call it: every API role, as reads run as their caller.
create function private.find_times(p_packed private.packed_integers, p_count integer, p_number bigint)
returns integer[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_low integer := 0;
  v_high integer := p_count;
  v_middle integer;
  v_after bigint := p_number - p_packed.base;
  v_found integer[] := array[]::integer[];
begin
  if p_packed.step > 0 and p_packed.width <= 4 then
    v_low := greatest(0, least(p_count,
      (v_after - (1::bigint << 8 * p_packed.width) * p_packed.unit) / p_packed.step))::integer;
    v_high := greatest(v_low, least(p_count, v_after / p_packed.step + 1))::integer;
  end if;
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    if private.unpack_integer(p_packed.base, p_packed.step, p_packed.unit, p_packed.width, p_packed.blank,
         p_packed.planes, p_count, v_middle) < p_number then
      v_low := v_middle + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  while v_low < p_count and private.unpack_integer(p_packed.base, p_packed.step, p_packed.unit,
          p_packed.width, p_packed.blank, p_packed.planes, p_count, v_low) = p_number loop
    v_found := v_found || v_low;
    v_low := v_low + 1;
  end loop;
  return v_found;
end
$$;
comment on function private.find_times is
  'The places, from 0, of a time among packed ones.';
revoke all on function private.find_times from public;
grant execute on function private.find_times to authenticated, service_role;
-- One of packed integers by its place, from 0. See private.unpack_integer, which reads all of them.
-- In plpgsql, as that decompresses its argument once.
-- Who may call it: every API role, as reads run as their caller.
create function private.integer_at(p_packed private.packed_integers, p_n integer) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return private.unpack_integer(p_packed.base, p_packed.step, p_packed.unit, p_packed.width, p_packed.blank,
    p_packed.planes, octet_length(p_packed.planes) / nullif(p_packed.width, 0), p_n);
end
$$;
comment on function private.integer_at is 'One of packed integers by its place, from 0.';
revoke all on function private.integer_at from public;
grant execute on function private.integer_at to authenticated, service_role;
-- Whether packed values or rollups of a sensor in a time range are damaged, so that a read of them is not
-- complete.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.is_damaged(p_sensor integer, p_since timestamp, p_until timestamp) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
    select from series."TbSensorRegistroFrio" c
    where c."cdSensor" = p_sensor and c."blDanificado" and c."dtPrimeiro" < p_until
      and c."dtPrimeiro" >= date_trunc('month', p_since) and c."dtUltimo" >= p_since)
    or exists (
    select from series."TbRollupFrio" c
    where c."cdSensor" = p_sensor and c."blDanificado" and c."dtInicio" < p_until
      and c."dtInicio" > p_since - interval '7 days' and c."dtFim" > p_since);
end;
comment on function private.is_damaged is
  'Whether packed values or rollups of a sensor are damaged in a time range.';
revoke all on function private.is_damaged from public;
grant execute on function private.is_damaged to authenticated, service_role;
-- Whether a chunk of positions unpacks to the rows that were packed, as private.is_intact_values.
create function private.is_intact_positions(p_chunk bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select count(u.*) = c."nrQtd" and bit_xor(hash_record_extended(u, 0)) = c."nrVerificacao"
    and min(u."dtRegistro") = c."dtPrimeiro" and max(u."dtRegistro") = c."dtUltimo"
  from series."TbPosicaoFria" c
  left join lateral (
    select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
           p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
    from private.unpacked_positions(c."dtPrimeiro", c."dtUltimo" + interval '1 microsecond') p
    where p."cdPacote" = c."cdPacote"
  ) u on true
  where c."cdPacote" = p_chunk
  group by c."cdPacote"
$$;
comment on function private.is_intact_positions is
  'Whether a chunk of positions unpacks to the rows that were packed.';
revoke all on function private.is_intact_positions from public;
-- Whether a chunk of values unpacks to the rows that were packed. A marked chunk is read as nothing, so it is
-- not intact. Called by private.damaged_chunks.
create function private.is_intact_values(p_chunk bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select count(u.*) = c."nrQtd" and bit_xor(hash_record_extended(u, 0)) = c."nrVerificacao"
    and min(u."dtRegistro") = c."dtPrimeiro" and max(u."dtRegistro") = c."dtUltimo"
  from series."TbSensorRegistroFrio" c
  left join lateral (
    select v."dtRegistro", v."nrValor", v."cdPosicao", v."cdSensor", v."cdDispositivo", v."cdCliente",
           v."cdProdutoItem", v."nrQualidade", v."blValor", v."dsValor"
    from private.unpacked_values(c."dtPrimeiro", c."dtUltimo" + interval '1 microsecond') v
    where v."cdPacote" = c."cdPacote"
  ) u on true
  where c."cdPacote" = p_chunk
  group by c."cdPacote"
$$;
comment on function private.is_intact_values is
  'Whether a chunk of values unpacks to the rows that were packed.';
revoke all on function private.is_intact_values from public;
-- Whether the rows of a table for a month are packed, so that it has a late table and no partition for it.
create function private.is_packed_month(p_table text, p_time timestamp) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select p_table in ('TbPosicao', 'TbSensorRegistro') and p_time < m."dtFrio" from private."TbFrioMarca" m
$$;
comment on function private.is_packed_month is
  'Whether the rows of a table for a month are packed; it has no partition for it then.';
revoke all on function private.is_packed_month from public;
-- Gives a packed position that has coordinates an address, in its chunk; its checksum follows. Whether there
-- is such a position. Called by private.apply_addresses.
create function private.locate_packed(p_device integer, p_time timestamp, p_client integer, p_position bigint,
  p_address integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_chunk bigint;
begin
  select c."cdPacote" into v_chunk from series."TbPosicaoFria" c
  where c."cdDispositivo" = p_device and c."cdCliente" = p_client and not c."blDanificado"
    and c."dtPrimeiro" between date_trunc('month', p_time) and p_time and c."dtUltimo" >= p_time
  for update;
  if not (select private.is_sound_positions(c.ctid)
          from series."TbPosicaoFria" c where c."cdPacote" = v_chunk) then
    return false; -- it keeps its digest, by which reads see that it is damaged
  end if;
  with target as materialized (
    select private.replace_integer(c."pcEndereco", c."nrQtd", n, p_address) as addresses,
           c."nrVerificacao" # hash_record_extended(p, 0) # hash_record_extended(row(
             p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo",
             p."cdCliente", p."nrSeq", p."cdDestinatario", p_address, p."nrDistancia", p."blArea",
             p."nrPrecisao"), 0) as checksum
    from series."TbPosicaoFria" c
    cross join lateral unnest(private.find_in_packed(c."pcPosicao", c."nrQtd", p_position)) n
    cross join private.packed_position(p_device, p_time, p_client, null, p_position) p
    where c."cdPacote" = v_chunk and p."dsLat" is not null
  )
  update series."TbPosicaoFria" c
  set "pcEndereco" = t.addresses, "nrVerificacao" = t.checksum, "nrResumo" = private.digest_of_positions(
        c."cdDispositivo", c."cdCliente", c."dtPrimeiro", c."dtUltimo", c."nrQtd", t.checksum,
        c."pcRegistro", c."pcSeq", c."pcPosicao", c."pcLat", c."pcLong", c."pcPrecisao", c."pcBat",
        c."pcDestinatario", t.addresses, c."arDistancia", c."arArea")
  from target t where c."cdPacote" = v_chunk;
  return found;
end
$$;
comment on function private.locate_packed is 'Gives a packed position an address.';
revoke all on function private.locate_packed from public;
-- The only place that knows the order of the fields; call it in named notation. Called by
-- private.pack_integers.
-- p_width       bytes of a residual, 0: none is needed
-- p_residuals   from 0, fit into that width
create function private.make_packed_integers(p_base bigint, p_step bigint, p_unit bigint, p_width integer,
  p_blank integer, p_residuals bigint[]) returns private.packed_integers
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select row(p_base, p_step, p_unit, p_width, p_blank, (
    select string_agg(p.plane, '' order by p.k)
    from (
      select b.k, string_agg(substring(int8send(r.residual) from 8 - b.k for 1), '' order by r.n) as plane
      from generate_series(0, p_width - 1) b(k)
      cross join unnest(p_residuals) with ordinality r(residual, n)
      group by b.k
    ) p))::private.packed_integers
$$;
comment on function private.make_packed_integers is 'Integers as a line with residuals of a width.';
revoke all on function private.make_packed_integers from public;
-- The only place that knows the order of the fields; call it in named notation. Called by
-- private.pack_numbers.
create function private.make_packed_numbers(p_divisor double precision, p_numbers private.packed_integers,
  p_others double precision[]) returns private.packed_numbers
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select row(p_divisor, p_numbers, p_others)::private.packed_numbers
$$;
comment on function private.make_packed_numbers is
  'Numbers as integers and the power of ten that they are divided by, or as they are.';
revoke all on function private.make_packed_numbers from public;
-- Looks at chunks and marks those that are damaged: reads leave them out and say that they are not complete.
-- Rollups are made again instead, as long as their values are there.
-- Returns how many are damaged. Called by private.verify_packs and by what meets a damaged chunk.
-- p_table   TbSensorRegistroFrio, TbPosicaoFria or TbRollupFrio
create function private.mark_damaged(p_table text, p_chunks bigint[]) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_damaged bigint[] := private.damaged_chunks(p_table, p_chunks);
begin
  if p_table = 'TbRollupFrio' then
    perform private.redo_damaged_rollups(v_damaged);
  end if;
  execute format(
    'update series.%I c set "dtVerificado" = now(), "blDanificado" = c."cdPacote" = any ($2) '
    'where c."cdPacote" = any ($1)', p_table)
  using p_chunks, v_damaged;
  return cardinality(v_damaged);
end
$$;
comment on function private.mark_damaged is 'Looks at chunks and marks those that are damaged.';
revoke all on function private.mark_damaged from public;
-- Looks at the packed history that elements of a batch are compared with and marks what is damaged, so that a
-- damaged chunk stops no reading, and none is compared with a wrong value. Returns how many chunks are. Part
-- of private.ingest.
-- p_by_digest   only chunks that are not as they were stored; false: all of them are unpacked and compared
create function private.mark_damaged_elements(p_elements private.element[], p_by_digest boolean)
returns integer
language sql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
  select private.mark_damaged('TbSensorRegistroFrio', array(
           select distinct c."cdPacote" from unnest(p_elements) e cross join unnest(e.sensor_values) l
           join series."TbSensorRegistroFrio" c
             on c."cdSensor" = l."cdSensor" and c."cdCliente" = e."cdCliente"
             and c."dtPrimeiro" >= date_trunc('month', e."dtRegistro")
             and c."dtPrimeiro" <= e."dtRegistro" and c."dtUltimo" >= e."dtRegistro"
           where e."dtRegistro" < (select private.packed_before()) and not c."blDanificado"
             and not (p_by_digest and private.is_sound_values(c.ctid))
           order by 1))
    + private.mark_damaged('TbPosicaoFria', array(
        select distinct c."cdPacote" from unnest(p_elements) e
        join series."TbPosicaoFria" c
          on c."cdDispositivo" = e."cdDispositivo" and c."cdCliente" = e."cdCliente"
          and c."dtPrimeiro" >= date_trunc('month', e."dtRegistro")
          and c."dtPrimeiro" <= e."dtRegistro" and c."dtUltimo" >= e."dtRegistro"
        where e."dtRegistro" < (select private.packed_before()) and not c."blDanificado"
          and not (p_by_digest and private.is_sound_positions(c.ctid))
        order by 1))
$$;
comment on function private.mark_damaged_elements is
  'Marks damaged chunks of the packed history that elements of a batch are compared with.';
revoke all on function private.mark_damaged_elements from public;
-- Called by private.pack_values and private.pack_positions. Times of a month are exact in double precision.
create function private.microseconds_after(p_first timestamp, p_times timestamp[]) returns bigint[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(select round(date_part('epoch', u.t - p_first) * 1000000)::bigint
               from unnest(p_times) with ordinality u(t, n) order by u.n)
$$;
comment on function private.microseconds_after is 'Times as microseconds after the first.';
revoke all on function private.microseconds_after from public;
-- The next month to pack is the oldest one that has partitions of its own, once all of it is older than
-- nrDiasQuente and summed up. Null: none, or packing is switched off, or a legacy database is being
-- converted, whose way back reads rows as they are. Part of private.pack_history.
create function private.month_to_pack(p_packed timestamp) returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select m.month
  from private."TbConfiguracao" config, private."TbRollupMarca" r, (
    select case when isfinite(p_packed) then p_packed
                else min(private.partition_month(c.relname)) end as month
    from pg_class c
    where c.relnamespace = 'particoes'::regnamespace and c.relname ~ '^(TbSensorRegistro|TbPosicao)_\d'
  ) m
  where m.month + interval '1 month'
        <= date_trunc('day', now() at time zone 'UTC') - make_interval(days => config."nrDiasQuente")
    and m.month + interval '1 month' <= r."dtMarca" and m.month >= r."dtPiso"
    and to_regclass('conversao."TbConversaoEtapa"') is null
$$;
comment on function private.month_to_pack is 'The next month to pack; null when none is due.';
revoke all on function private.month_to_pack from public;
-- The newest value of a sensor in a time range (end excluded) that meets the conditions: of a device, of a
-- client (null: any), numbers without faults only. What is not packed is looked at first; then chunks, from
-- the newest back, with what arrived late for their time, so that hardly ever more than one is unpacked.
-- Who may call it: every API role; row-level security decides which values.
create function private.newest_value(p_sensor integer, p_since timestamp, p_until timestamp,
  p_device integer default null, p_client integer default null, p_numbers boolean default false)
returns setof series."TbSensorRegistro"
language plpgsql stable rows 1 set search_path = pg_catalog, pg_temp set enable_seqscan = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_since timestamp := greatest(p_since, private.packed_before());
  v_until timestamp := p_until;
begin
  return query
    select v.* from private.value_rows() v
    where v."cdSensor" = p_sensor and v."dtRegistro" >= v_since and v."dtRegistro" < p_until
      and (p_device is null or v."cdDispositivo" = p_device)
      and (p_client is null or v."cdCliente" = p_client)
      and (not p_numbers or v."nrValor" is not null and v."nrQualidade" < 2)
    order by v."dtRegistro" desc, v."cdCliente" desc limit 1;
  while not found and v_since > p_since loop
    v_until := least(v_since, p_until);
    v_since := greatest(p_since, coalesce(private.chunk_start(p_sensor, v_until), '-infinity'));
    return query
      select v.* from private.values_between(p_sensor, v_since, v_until) v
      where (p_device is null or v."cdDispositivo" = p_device)
        and (p_client is null or v."cdCliente" = p_client)
        and (not p_numbers or v."nrValor" is not null and v."nrQualidade" < 2)
      order by v."dtRegistro" desc, v."cdCliente" desc limit 1;
  end loop;
end
$$;
comment on function private.newest_value is 'The newest value of a sensor in a time range.';
revoke all on function private.newest_value from public;
grant execute on function private.newest_value to authenticated, service_role;
-- One of packed numbers by its place, from 0, as private.integer_at.
-- Who may call it: every API role, as reads run as their caller.
create function private.number_at(p_packed private.packed_numbers, p_n integer) returns double precision
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(private.integer_at(p_packed.numbers, p_n) / p_packed.divisor, p_packed.others[p_n + 1]);
end
$$;
comment on function private.number_at is 'One of packed numbers by its place, from 0.';
revoke all on function private.number_at from public;
grant execute on function private.number_at to authenticated, service_role;
-- Maintenance step: packs history that is old enough, some thousand rows per call, month by month from the
-- oldest. What is next is announced first; a transaction later it is noted from which transaction on every
-- writer knows; rows are packed once all older ones have ended: see TbRollupMarca, where the same is done for
-- the same reason. When a month has hardly any rows left, its partitions are dropped. Every call is one
-- transaction and goes on where the last one ended, whoever was killed in between.
-- Late rows of packed months are packed once an hour, as each means packing a chunk again.
-- Returns how much it did; 0 when there is nothing to do for now.
create function private.pack_history() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbFrioMarca";
  v_month timestamp;
  v_packed record;
begin
  select m.* into v_state from private."TbFrioMarca" m for update;
  if v_state."dtAnunciada" = v_state."dtFrio" then
    v_month := private.month_to_pack(v_state."dtFrio");
    if v_month is null then
      return private.pack_late_rows(v_state);
    end if;
    update private."TbFrioMarca" set "dtAnunciada" = v_month + interval '1 month', "dtAnuncio" = now(),
      "xiAnuncio" = null, "cdProximo" = 0;
    return 1;
  elsif v_state."dtAnuncio" = now() then
    return 0; -- announced by this very transaction: nobody can see it yet
  elsif v_state."xiAnuncio" is null then
    update private."TbFrioMarca" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot());
    return 1;
  elsif not private.announcement_is_known(v_state."xiAnuncio") then
    return 0;
  end if;
  v_month := v_state."dtAnunciada" - interval '1 month';
  v_packed := private.pack_rows(v_state."cdProximo", v_month, v_state."dtAnunciada");
  update private."TbFrioMarca" set "cdProximo" = v_packed.next_code;
  -- with few rows left: who keeps sending some for this month would leave none over for ever
  if v_packed.done < 1000 and private.retire_partitions(v_month) then
    update private."TbFrioMarca" set "dtFrio" = "dtAnunciada", "cdProximo" = 0;
    return v_packed.done + 1;
  elsif v_packed.done > 0 then
    return v_packed.done;
  end if;
  return private.pack_late_rows(v_state);
end
$$;
comment on function private.pack_history is 'Maintenance step: packs history that is old enough.';
revoke all on function private.pack_history from public;
-- Integers in few bytes: what remains of each beside a straight line, in units that divide all of them, is
-- stored byte by byte, all lowest bytes first. High bytes repeat where low ones differ, and so compress. A
-- series that grows evenly needs no residuals at all. The line has the usual step where most steps are equal,
-- so that the residuals repeat; otherwise the mean step or none, whichever leaves the smaller range. With
-- nulls among them there is no line.
-- Called by private.pack_values and private.pack_positions.
create function private.pack_integers(p_numbers bigint[]) returns private.packed_integers
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_first bigint := p_numbers[1];
  v_count integer := cardinality(p_numbers);
  v_shape record;
  v_line record;
  v_unit bigint;
  v_range bigint;
  v_blank integer;
begin
  select count(x) as filled, min(x) as lowest, bool_and((x - v_first) % 1000000 = 0) as in_millions,
         bool_and((x - v_first) % 1000 = 0) as in_thousands
  into v_shape from unnest(p_numbers) x;
  if v_shape.filled = 0 then
    return null;
  end if;
  if v_shape.filled < v_count then
    v_first := v_shape.lowest;
    v_unit := 1;
  else
    v_unit := case when v_shape.in_millions then 1000000 when v_shape.in_thousands then 1000 else 1 end;
  end if;
  select l.step, l.lowest, l.highest into v_line
  from (
    select s.step, s.place, min(x - n * s.step) as lowest, max(x - n * s.step) as highest
    from (select u.x, u.n - 1 as n from unnest(p_numbers) with ordinality u(x, n)) u
    cross join (
      select 0::bigint as step, 3 as place
      union
      select (p_numbers[v_count] - v_first) / v_unit / greatest(v_count - 1, 1) * v_unit, 2
      where v_shape.filled = v_count
      union
      select d.step, 1
      from (select u.x - lag(u.x) over (order by u.n) as step
            from unnest(p_numbers) with ordinality u(x, n)) d
      where d.step is not null and v_shape.filled = v_count
      group by d.step having 2 * count(*) >= v_count - 1
    ) s
    group by s.step, s.place
  ) l
  order by l.place <> 1, l.highest - l.lowest, l.place limit 1;
  v_blank := case when v_shape.filled < v_count then 0 else -1 end;
  v_first := v_line.lowest - (v_blank + 1) * v_unit;
  v_range := (v_line.highest - v_first) / v_unit;
  return private.make_packed_integers(p_base => v_first, p_step => v_line.step, p_unit => v_unit,
    p_blank => v_blank,
    p_width => case when v_range = 0 then 0 when v_range < 1 << 8 then 1 when v_range < 1 << 16 then 2
                    when v_range < 1 << 24 then 3 when v_range < 1::bigint << 32 then 4
                    when v_range < 1::bigint << 40 then 5 when v_range < 1::bigint << 48 then 6
                    when v_range < 1::bigint << 56 then 7 else 8 end,
    p_residuals => array(
      select coalesce((u.x - v_first - (u.n - 1) * v_line.step) / v_unit, 0)
      from unnest(p_numbers) with ordinality u(x, n) where v_range > 0 order by u.n));
end
$$;
comment on function private.pack_integers is 'Integers as a line with residuals; null where all are null.';
revoke all on function private.pack_integers from public;
-- Packs what has arrived for packed months, once an hour, some thousand rows per call; not what lies before
-- the floor of rollups, as it is read row by row. Part of private.pack_history.
-- Returns how many rows; 0 when there are none or it is not time yet.
-- p_state   the row of TbFrioMarca, locked
create function private.pack_late_rows(p_state private."TbFrioMarca") returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_packed record;
  v_floor timestamp := (select r."dtPiso" from private."TbRollupMarca" r);
begin
  if not isfinite(p_state."dtFrio") or p_state."dtTardias" > now() - interval '1 hour'
     or to_regclass('conversao."TbConversaoEtapa"') is not null then
    return 0;
  end if;
  v_packed := private.pack_rows(p_state."cdProximo", v_floor, p_state."dtFrio");
  update private."TbFrioMarca" m set "cdProximo" = v_packed.next_code,
    "dtTardias" = case when v_packed.done = 0 then now() else m."dtTardias" end;
  return v_packed.done;
end
$$;
comment on function private.pack_late_rows is 'Packs what has arrived for packed months, once an hour.';
revoke all on function private.pack_late_rows from public;
-- Decimal numbers of up to six places become integers: the shortest power of ten is taken that brings every
-- one of them back as it was, to the last bit. Others stay as they are; minus zero does, too.
-- Called by private.pack_values and private.pack_positions.
create function private.pack_numbers(p_numbers double precision[]) returns private.packed_numbers
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_divisor double precision := (
    select max(case
      when abs(x) > 4e9 or x = 0 and x::text = '-0' then 'infinity'::double precision
      when x = round(x) then 1
      when x = round(x * 10) / 10 then 10
      when x = round(x * 100) / 100 then 100
      when x = round(x * 1000) / 1000 then 1000
      when x = round(x * 10000) / 10000 then 10000
      when x = round(x * 100000) / 100000 then 100000
      when x = round(x * 1000000) / 1000000 then 1000000
      else 'infinity' end)
    from unnest(p_numbers) x where x is not null);
begin
  if v_divisor is null then
    return null;
  -- what is a decimal of few places must also be one of the most places needed
  elsif v_divisor < 'infinity' and (
      select bool_and(x = round(x * v_divisor) / v_divisor) from unnest(p_numbers) x) then
    return private.make_packed_numbers(p_divisor => v_divisor, p_others => null,
      p_numbers => private.pack_integers(array(
        select round(u.x * v_divisor)::bigint from unnest(p_numbers) with ordinality u(x, n) order by u.n)));
  end if;
  return private.make_packed_numbers(p_divisor => null, p_numbers => null, p_others => p_numbers);
end
$$;
comment on function private.pack_numbers is
  'Double precision numbers as integers and a power of ten where that loses nothing.';
revoke all on function private.pack_numbers from public;
-- Packs positions, as private.pack_values packs values. Precision is a decimal number of few places as a
-- rule; the distance is a computed one and stays as it is.
-- p_ranges   devices, each with its client (null: all) and time
create function private.pack_positions(p_ranges private.data_range[]) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = off
set enable_seqscan = off set work_mem = '64MB' set plan_cache_mode = force_custom_plan as $$
declare
  v_since timestamp := (select min(f.since) from unnest(p_ranges) f);
  v_until timestamp := (select max(f.until) from unnest(p_ranges) f);
  v_old bigint[] := array(
    select c."cdPacote" from unnest(p_ranges) f
    join series."TbPosicaoFria" c on c."cdDispositivo" = f.code
      and (f."cdCliente" is null or c."cdCliente" = f."cdCliente")
      and c."dtPrimeiro" >= f.since and c."dtPrimeiro" < f.until
    order by c."cdPacote" for update of c);
  v_new bigint[];
  v_rows bigint;
  v_expected bigint;
  v_damaged integer;
begin
  v_damaged := private.mark_damaged('TbPosicaoFria', v_old);
  if v_damaged > 0 then
    return v_damaged; -- they stay as they are; the late positions as well (private.positions_to_pack)
  end if;
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- packing makes no hour dirty
  with taken as materialized (
    delete from series."TbPosicao" p using unnest(p_ranges) f
    where p."cdDispositivo" = f.code and (f."cdCliente" is null or p."cdCliente" = f."cdCliente")
      and p."dtRegistro" >= f.since and p."dtRegistro" < f.until
      and p."dtRegistro" >= v_since and p."dtRegistro" < v_until
    returning p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo",
              p."cdCliente", p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea",
              p."nrPrecisao"
  ), gone as (
    delete from series."TbPosicaoFria" c where c."cdPacote" = any (v_old) returning c."nrQtd"
  ), entry as (
    select t.* from taken t
    union all
    select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo", u."cdCliente",
           u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea", u."nrPrecisao"
    from private.unpacked_positions('-infinity', 'infinity') u where u."cdPacote" = any (v_old)
  ), piece as ( -- of equal size, none of two ranges
    select e.*, f.since, private.chunk_of(
             rank() over (partition by e."cdDispositivo", e."cdCliente", f.since order by e."dtRegistro"),
             count(*) over (partition by e."cdDispositivo", e."cdCliente", f.since)) as n,
           hash_record_extended(e, 0) as hash
    from entry e
    join unnest(p_ranges) f on f.code = e."cdDispositivo" and e."dtRegistro" >= f.since
      and e."dtRegistro" < f.until and (f."cdCliente" is null or f."cdCliente" = e."cdCliente")
    order by e."cdDispositivo", e."cdCliente", e."dtRegistro", e."nrSeq" nulls first
  ), chunk as (
    select p."cdDispositivo", p."cdCliente", min(p."dtRegistro") as first_time,
           max(p."dtRegistro") as last_time, count(*) as quantity, bit_xor(p.hash) as hash,
           array_agg(p."dtRegistro") as times, array_agg(p."nrSeq") as seqs,
           array_agg(p."cdPosicao") as places, array_agg(p."dsLat") as lats, array_agg(p."dsLong") as longs,
           array_agg(p."nrPrecisao"::text::double precision) as accuracies, array_agg(p."nrBat") as volts,
           array_agg(p."cdDestinatario"::bigint) as sites, array_agg(p."cdEndereco"::bigint) as addresses,
           array_agg(p."nrDistancia") as distances, array_agg(p."blArea") as areas,
           count(p."nrDistancia") as distance_count, count(p."blArea") as area_count
    from piece p
    group by p."cdDispositivo", p."cdCliente", p.since, p.n
  ), packed as materialized (
    select k."cdDispositivo", k."cdCliente", k.first_time, k.last_time, k.quantity::integer, k.hash,
           private.pack_integers(private.microseconds_after(k.first_time, k.times)) as times,
           private.pack_integers(k.seqs) as seqs, private.pack_integers(k.places) as places,
           private.pack_numbers(k.lats) as lats, private.pack_numbers(k.longs) as longs,
           private.pack_numbers(k.accuracies) as accuracies, private.pack_numbers(k.volts) as volts,
           private.pack_integers(k.sites) as sites, private.pack_integers(k.addresses) as addresses,
           case when k.distance_count > 0 then k.distances end as distances,
           case when k.area_count > 0 then k.areas end as areas
    from chunk k
    where (select count(*) from gone) >= 0 -- before their keys are used again
    order by k."cdDispositivo", k.first_time
  ), new_chunk as (
    insert into series."TbPosicaoFria" (
      "cdDispositivo", "cdCliente", "dtPrimeiro", "dtUltimo", "nrQtd", "nrVerificacao", "nrResumo",
      "pcRegistro", "pcSeq", "pcPosicao", "pcLat", "pcLong", "pcPrecisao", "pcBat", "pcDestinatario",
      "pcEndereco", "arDistancia", "arArea")
    select k."cdDispositivo", k."cdCliente", k.first_time, k.last_time, k.quantity, k.hash,
           private.digest_of_positions(k."cdDispositivo", k."cdCliente", k.first_time, k.last_time,
             k.quantity, k.hash, k.times, k.seqs, k.places, k.lats, k.longs, k.accuracies, k.volts, k.sites,
             k.addresses, k.distances, k.areas),
           k.times, k.seqs, k.places, k.lats, k.longs, k.accuracies, k.volts, k.sites, k.addresses,
           k.distances, k.areas
    from packed k
    returning "cdPacote", "nrQtd"
  )
  select array_agg(n."cdPacote"), coalesce(sum(n."nrQtd"), 0),
         (select count(*) from taken) + (select coalesce(sum(g."nrQtd"), 0) from gone g)
  into v_new, v_rows, v_expected from new_chunk n;
  perform set_config('rastro.dirty_marking', '', true);
  if v_rows <> v_expected then
    raise data_corrupted using message = format('%s rows were packed of %s', v_rows, v_expected);
  end if;
  perform private.require_intact('TbPosicaoFria', v_new);
  return v_rows;
end
$$;
comment on function private.pack_positions is
  'Packs the positions of devices in time ranges; returns how many.';
revoke all on function private.pack_positions from public;
-- Packs some of what is not packed yet in a time range: values first, then positions, sensor by sensor and
-- device by device. Part of private.pack_history.
-- p_from   sensor or device to begin with; what arrived behind it is found when nothing is left after it
-- Returns how many rows, 0 when there are none, and where to go on.
create function private.pack_rows(p_from integer, p_since timestamp, p_until timestamp, out done bigint,
  out next_code integer)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_from integer;
  v_ranges private.data_range[];
begin
  foreach v_from in array array[p_from, 0] loop
    v_ranges := private.values_to_pack(v_from, p_since, p_until);
    if v_ranges <> '{}' then
      done := private.pack_values(v_ranges);
    else
      v_ranges := private.positions_to_pack(v_from, p_since, p_until);
      done := case when v_ranges <> '{}' then private.pack_positions(v_ranges) else 0 end;
    end if;
    exit when done > 0;
  end loop;
  next_code := coalesce((select max(f.code) from unnest(v_ranges) f), 0);
end
$$;
comment on function private.pack_rows is 'Packs some of what is not packed yet in a time range.';
revoke all on function private.pack_rows from public;
-- Packs values: everything that is stored of these sensors in these time ranges, packed before or not, is
-- taken out and put into new chunks. So late values are folded in by the same few statements. A range lies
-- within a month and cuts no chunk in two. Whoever packs has made sure that every writer compares what it
-- stores with packs (private.refuse_packed). What was packed is unpacked again and compared by its checksum,
-- so that an error in it undoes everything. Returns how many values.
-- p_ranges   sensors, each with its client (null: all) and time
create function private.pack_values(p_ranges private.data_range[]) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = off
set enable_seqscan = off set work_mem = '64MB' set plan_cache_mode = force_custom_plan as $$
declare
  v_since timestamp := (select min(f.since) from unnest(p_ranges) f);
  v_until timestamp := (select max(f.until) from unnest(p_ranges) f);
  v_old bigint[] := array(
    select c."cdPacote" from unnest(p_ranges) f
    join series."TbSensorRegistroFrio" c on c."cdSensor" = f.code
      and (f."cdCliente" is null or c."cdCliente" = f."cdCliente")
      and c."dtPrimeiro" >= f.since and c."dtPrimeiro" < f.until
    order by c."cdPacote" for update of c);
  v_new bigint[];
  v_rows bigint;
  v_expected bigint;
  v_damaged integer;
begin
  v_damaged := private.mark_damaged('TbSensorRegistroFrio', v_old);
  if v_damaged > 0 then
    return v_damaged; -- they stay as they are; the late values as well (private.values_to_pack)
  end if;
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- packing makes no hour dirty
  with taken as materialized (
    delete from series."TbSensorRegistro" r using unnest(p_ranges) f
    where r."cdSensor" = f.code and (f."cdCliente" is null or r."cdCliente" = f."cdCliente")
      and r."dtRegistro" >= f.since and r."dtRegistro" < f.until
      and r."dtRegistro" >= v_since and r."dtRegistro" < v_until
    returning r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
              r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
  ), gone as (
    delete from series."TbSensorRegistroFrio" c where c."cdPacote" = any (v_old) returning c."nrQtd"
  ), entry as (
    select t.* from taken t
    union all
    select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
           u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
    from private.unpacked_values('-infinity', 'infinity') u where u."cdPacote" = any (v_old)
  ), piece as ( -- of equal size, none of two ranges
    select e.*, f.since, private.chunk_of(
             row_number() over (partition by e."cdSensor", e."cdCliente", f.since order by e."dtRegistro"),
             count(*) over (partition by e."cdSensor", e."cdCliente", f.since)) as n,
           hash_record_extended(e, 0) as hash
    from entry e
    join unnest(p_ranges) f on f.code = e."cdSensor" and e."dtRegistro" >= f.since
      and e."dtRegistro" < f.until and (f."cdCliente" is null or f."cdCliente" = e."cdCliente")
    order by e."cdSensor", e."cdCliente", e."dtRegistro"
  ), chunk as (
    select p."cdSensor", p."cdCliente", min(p."dtRegistro") as first_time, max(p."dtRegistro") as last_time,
           count(*) as quantity, bit_xor(p.hash) as hash, array_agg(p."dtRegistro") as times,
           array_agg(p."nrValor") as numbers, array_agg(p."blValor") as truths,
           array_agg(p."dsValor") as texts,
           array_agg(p."nrQualidade"::bigint) as qualities, array_agg(p."cdDispositivo"::bigint) as devices,
           array_agg(p."cdProdutoItem"::bigint) as items, array_agg(p."cdPosicao") as places,
           count(p."blValor") as truth_count, count(p."dsValor") as text_count
    from piece p
    group by p."cdSensor", p."cdCliente", p.since, p.n
  ), packed as materialized (
    select k."cdSensor", k."cdCliente", k.first_time, k.last_time, k.quantity::integer, k.hash,
           private.pack_integers(private.microseconds_after(k.first_time, k.times)) as times,
           private.pack_numbers(k.numbers) as numbers,
           case when k.truth_count > 0 then k.truths end as truths,
           case when k.text_count > 0 then k.texts end as texts,
           private.pack_integers(k.qualities) as qualities, private.pack_integers(k.devices) as devices,
           private.pack_integers(k.items) as items, private.pack_integers(k.places) as places
    from chunk k
    where (select count(*) from gone) >= 0 -- before their keys are used again
    order by k."cdSensor", k.first_time
  ), new_chunk as (
    insert into series."TbSensorRegistroFrio" (
      "cdSensor", "cdCliente", "dtPrimeiro", "dtUltimo", "nrQtd", "nrVerificacao", "nrResumo", "pcRegistro",
      "pcValor", "arBooleano", "arTexto", "pcQualidade", "pcDispositivo", "pcProdutoItem", "pcPosicao")
    select k."cdSensor", k."cdCliente", k.first_time, k.last_time, k.quantity, k.hash,
           private.digest_of_values(k."cdSensor", k."cdCliente", k.first_time, k.last_time, k.quantity,
             k.hash, k.times, k.numbers, k.truths, k.texts, k.qualities, k.devices, k.items, k.places),
           k.times, k.numbers, k.truths, k.texts, k.qualities, k.devices, k.items, k.places
    from packed k
    returning "cdPacote", "nrQtd"
  )
  select array_agg(n."cdPacote"), coalesce(sum(n."nrQtd"), 0),
         (select count(*) from taken) + (select coalesce(sum(g."nrQtd"), 0) from gone g)
  into v_new, v_rows, v_expected from new_chunk n;
  perform set_config('rastro.dirty_marking', '', true);
  if v_rows <> v_expected then
    raise data_corrupted using message = format('%s rows were packed of %s', v_rows, v_expected);
  end if;
  perform private.require_intact('TbSensorRegistroFrio', v_new);
  return v_rows;
end
$$;
comment on function private.pack_values is 'Packs the values of sensors in time ranges; returns how many.';
revoke all on function private.pack_values from public;
-- Before this time history is packed, or is being packed; -infinity where none is.
-- Security definer: no API role may read TbFrioMarca. Who may call it: every API role, as reads that look for
-- the newest rows begin behind it.
create function private.packed_before() returns timestamp
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m."dtAnunciada" from private."TbFrioMarca" m
$$;
comment on function private.packed_before is 'Before this time history is packed, or is being packed.';
revoke all on function private.packed_before from public;
grant execute on function private.packed_before to authenticated, service_role;
-- The packed position of a device, time and client that has this nrSeq, or this code if one is given. As
-- private.packed_value.
create function private.packed_position(p_device integer, p_time timestamp, p_client integer, p_seq bigint,
  p_code bigint default null)
returns setof series."TbPosicao"
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select private.integer_at(c."pcPosicao", n), p_time, private.number_at(c."pcLat", n),
         private.number_at(c."pcLong", n), private.number_at(c."pcBat", n), p_device, p_client,
         private.integer_at(c."pcSeq", n), private.integer_at(c."pcDestinatario", n)::integer,
         private.integer_at(c."pcEndereco", n)::integer, c."arDistancia"[n + 1], c."arArea"[n + 1],
         private.number_at(c."pcPrecisao", n)::real
  from series."TbPosicaoFria" c
  cross join lateral unnest(
    case when p_code is not null then private.find_in_packed(c."pcPosicao", c."nrQtd", p_code)
         else array[private.find_position(c."pcRegistro", c."pcSeq", c."nrQtd",
                round(date_part('epoch', p_time - c."dtPrimeiro") * 1000000)::bigint, p_seq)] end) n
  where n is not null and c."cdDispositivo" = p_device and c."cdCliente" = p_client and not c."blDanificado"
    and c."dtPrimeiro" between date_trunc('month', p_time) and p_time and c."dtUltimo" >= p_time;
end;
comment on function private.packed_position is
  'The packed position of a device, time, client and nrSeq, or code.';
revoke all on function private.packed_position from public;
grant execute on function private.packed_position to authenticated, service_role;
-- Packed positions of a device in a time range; chunks outside it are not unpacked.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.packed_positions(p_device integer, p_since timestamp, p_until timestamp)
returns setof series."TbPosicao"
language sql stable
begin atomic
  select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo", u."cdCliente",
         u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea", u."nrPrecisao"
  from private.unpacked_positions(p_since, p_until) u
  where u."cdDispositivo" = p_device;
end;
comment on function private.packed_positions is 'Packed positions of a device in a time range.';
revoke all on function private.packed_positions from public;
grant execute on function private.packed_positions to authenticated, service_role;
-- Times and clients of the packed positions of a device in a time range, for what counts them: no other
-- column is unpacked.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.packed_times(p_device integer, p_since timestamp, p_until timestamp)
returns table ("dtRegistro" timestamp, "cdCliente" integer)
language sql stable
begin atomic
  select c."dtPrimeiro" + private.unpack_integer(h.t0, h.t1, h.t2, h.t3, h.t4,
           h.t, c."nrQtd", d.n) * interval '0.000001 s',
         c."cdCliente"
  from series."TbPosicaoFria" c
  cross join lateral (
    select k.places, (c."pcRegistro").base as t0, (c."pcRegistro").step as t1,
           (c."pcRegistro").unit as t2, (c."pcRegistro").width as t3,
           (c."pcRegistro").blank as t4, (c."pcRegistro").planes as t
    from ( -- before anything of the chunk is looked at
      select case
        when private.is_sound_positions(c.ctid) is not true
        then array[private.refuse_chunk(
          'TbPosicaoFria', c."cdPacote", 'device ' || c."cdDispositivo", c."cdCliente", c."dtPrimeiro")]
        when p_since > c."dtPrimeiro" or p_until <= c."dtUltimo"
        then private.places_between(c."pcRegistro", c."nrQtd", c."dtPrimeiro", p_since, p_until)
        else array[1, c."nrQtd"] end as places
      offset 0
    ) k
    offset 0
  ) h
  cross join lateral generate_series(h.places[1] - 1, h.places[2] - 1) d(n)
  where c."cdDispositivo" = p_device and c."dtPrimeiro" >= date_trunc('month', p_since)
    and c."dtPrimeiro" < p_until and c."dtUltimo" >= p_since and not c."blDanificado"
  offset 0; -- a time is computed once
end;
comment on function private.packed_times is 'Times of the packed positions of a device in a time range.';
revoke all on function private.packed_times from public;
grant execute on function private.packed_times to authenticated, service_role;
-- The packed value that has this key, if there is one. Of its chunk, the times near this one are looked at,
-- and of the other columns one element each.
-- Called by what judges readings; a damaged chunk that is marked has no values.
create function private.packed_value(p_sensor integer, p_time timestamp, p_client integer)
returns setof series."TbSensorRegistro"
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select p_time, private.number_at(c."pcValor", n), private.integer_at(c."pcPosicao", n), p_sensor,
         private.integer_at(c."pcDispositivo", n)::integer, p_client,
         private.integer_at(c."pcProdutoItem", n)::integer, private.integer_at(c."pcQualidade", n)::smallint,
         c."arBooleano"[n + 1], c."arTexto"[n + 1]
  from series."TbSensorRegistroFrio" c
  cross join lateral unnest(private.find_times(
    c."pcRegistro", c."nrQtd", round(date_part('epoch', p_time - c."dtPrimeiro") * 1000000)::bigint)) n
  where c."cdSensor" = p_sensor and c."cdCliente" = p_client and not c."blDanificado"
    and c."dtPrimeiro" between date_trunc('month', p_time) and p_time and c."dtUltimo" >= p_time;
end;
comment on function private.packed_value is 'The packed value of a sensor, time and client.';
revoke all on function private.packed_value from public;
grant execute on function private.packed_value to authenticated, service_role;
-- Packed values of a sensor in a time range; chunks outside it are not unpacked.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.packed_values(p_sensor integer, p_since timestamp, p_until timestamp)
returns setof series."TbSensorRegistro"
language sql stable
begin atomic
  select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
         u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
  from private.unpacked_values(p_since, p_until) u
  where u."cdSensor" = p_sensor;
end;
comment on function private.packed_values is 'Packed values of a sensor in a time range.';
revoke all on function private.packed_values from public;
grant execute on function private.packed_values to authenticated, service_role;
-- Positions that are stored as rows, not packed, as private.value_rows.
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.position_rows() returns setof series."TbPosicao"
language sql stable
begin atomic
  select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
         p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
  from series."TbPosicao" p;
end;
comment on function private.position_rows is 'Positions that are stored as rows, not packed.';
revoke all on function private.position_rows from public;
grant execute on function private.position_rows to authenticated, service_role;
-- Positions of a device in a time range, wherever they are stored, as private.values_between.
-- p_until   excluded
-- Without SET clause, to be inlined. The device is an argument, as a join would not reach the chunks.
-- Who may call it: every API role; row-level security decides which rows.
create function private.positions_between(p_device integer, p_since timestamp, p_until timestamp)
returns setof series."TbPosicao"
language sql stable
begin atomic
  select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
         p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
  from series."TbPosicao" p
  where p."cdDispositivo" = p_device and p."dtRegistro" >= p_since and p."dtRegistro" < p_until
  union all
  select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo", u."cdCliente",
         u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea", u."nrPrecisao"
  from private.unpacked_positions(p_since, p_until) u
  where u."cdDispositivo" = p_device;
end;
comment on function private.positions_between is
  'Positions of a device in a time range, wherever they are stored.';
revoke all on function private.positions_between from public;
grant execute on function private.positions_between to authenticated, service_role;
-- The next positions to pack: about 6,000 of one month, as ranges of devices and clients for
-- private.pack_positions. Where chunks exist already, a range ends where a chunk begins, so that late ones go
-- into the chunk they belong to and chunks never overlap. What belongs to a damaged chunk is left alone.
-- p_from           the first device to look at
-- p_since, p_until the end is excluded
create function private.positions_to_pack(p_from integer, p_since timestamp, p_until timestamp)
returns private.data_range[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan as $$
declare
  v_first record;
  v_month timestamp;
  v_damaged private.data_range[] := private.damaged_ranges('TbPosicaoFria');
begin
  select p."cdDispositivo" as code, p."dtRegistro" as moment into v_first
  from series."TbPosicao" p
  where p."cdDispositivo" >= p_from and p."dtRegistro" >= p_since and p."dtRegistro" < p_until
    and (v_damaged = '{}' or not exists (
      select from unnest(v_damaged) f where f.code = p."cdDispositivo" and f."cdCliente" = p."cdCliente"
        and p."dtRegistro" >= f.since and p."dtRegistro" < f.until))
  order by p."cdDispositivo", p."dtRegistro" limit 1;
  v_month := date_trunc('month', v_first.moment);
  return array(
    with chosen as materialized (
      select p."cdDispositivo" as code, p."cdCliente" as client, p."dtRegistro" as moment
      from series."TbPosicao" p
      where p."cdDispositivo" >= v_first.code and p."dtRegistro" >= greatest(v_month, p_since)
        and p."dtRegistro" < least(v_month + interval '1 month', p_until)
        and (v_damaged = '{}' or not exists (
          select from unnest(v_damaged) f where f.code = p."cdDispositivo" and f."cdCliente" = p."cdCliente"
            and p."dtRegistro" >= f.since and p."dtRegistro" < f.until))
      order by p."cdDispositivo", p."dtRegistro" limit 6000
    ), cut as ( -- there may be more than were chosen: those of the last time are left for later
      select c.code, max(c.moment) as moment from chosen c
      where (select count(*) from chosen) = 6000 and c.code = (select max(code) from chosen)
      group by c.code having c.code > v_first.code or max(c.moment) > v_first.moment
    )
    select private.make_data_range(p_code => c.code, p_client => c.client,
      p_since => coalesce(before."dtPrimeiro", v_month),
      p_until => least(after."dtPrimeiro", v_month + interval '1 month',
        case when count(k.code) > 0
             then greatest(min(k.moment), before."dtUltimo" + interval '1 microsecond') end))
    from chosen c
    left join cut k on k.code = c.code
    left join lateral (
      select f."dtPrimeiro", f."dtUltimo" from series."TbPosicaoFria" f
      where f."cdDispositivo" = c.code and f."cdCliente" = c.client
        and f."dtPrimeiro" >= v_month and f."dtPrimeiro" <= c.moment
      order by f."dtPrimeiro" desc limit 1
    ) before on true
    left join lateral (
      select f."dtPrimeiro" from series."TbPosicaoFria" f
      where f."cdDispositivo" = c.code and f."cdCliente" = c.client
        and f."dtPrimeiro" > c.moment and f."dtPrimeiro" < v_month + interval '1 month'
      order by f."dtPrimeiro" limit 1
    ) after on true
    group by c.code, c.client, before."dtPrimeiro", before."dtUltimo", after."dtPrimeiro");
end
$$;
comment on function private.positions_to_pack is 'The next positions to pack, as ranges.';
revoke all on function private.positions_to_pack from public;
-- What is packed has no row that a unique index could compare with: after an element was written for packed
-- time, its keys are looked up in the packs. A row that was being packed while it was written is found as
-- well, as the index lets the writer wait until its packing has ended, and this statement begins later.
-- Called by private.store_elements. Costs one look-up when nothing is as old.
-- p_oldest   the earliest time that was written
-- Raises unique_violation: the caller undoes and judges.
create function private.refuse_packed(p_elements private.element[], p_oldest timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_packed_before timestamp := (select m."dtAnunciada" from private."TbFrioMarca" m);
begin
  if (p_oldest < v_packed_before) is not true then
    return;
  end if;
  if exists (
    select from unnest(p_elements) e cross join unnest(e.sensor_values) l
    cross join lateral private.packed_value(l."cdSensor", e."dtRegistro", e."cdCliente")
    where e.verdict = 'stored' and e."dtRegistro" < v_packed_before and l.action is null
  ) or exists (
    select from unnest(p_elements) e
    cross join lateral private.packed_position(
      e."cdDispositivo", e."dtRegistro", e."cdCliente", e."nrSeq") p
    where e.verdict = 'stored' and e."dtRegistro" < v_packed_before and e.is_new
  ) then
    raise unique_violation using message = 'a row of this key is packed';
  end if;
end
$$;
comment on function private.refuse_packed is
  'Raises unique_violation where elements written are packed already.';
revoke all on function private.refuse_packed from public;
-- Packed integers with another one at one place, from 0. Called by what changes a packed row.
create function private.replace_integer(p_packed private.packed_integers, p_count integer, p_n integer,
  p_number bigint) returns private.packed_integers
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select private.pack_integers(array(
    select case when n = p_n then p_number else private.integer_at(p_packed, n) end
    from generate_series(0, p_count - 1) n order by n))
$$;
comment on function private.replace_integer is 'Packed integers with another one at one place.';
revoke all on function private.replace_integer from public;
-- Raises an error for chunks that are damaged: nothing is packed again from them, and nothing wrong is ever
-- written. Called by private.pack_values, private.pack_positions and what unpacks chunks.
-- Raises data_corrupted.
create function private.require_intact(p_table text, p_chunks bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_damaged bigint[] := private.damaged_chunks(p_table, p_chunks);
begin
  if v_damaged <> '{}' then
    raise data_corrupted using message = format('Chunk %s of %s is damaged', v_damaged[1], p_table),
      hint = 'scripts/doctor marks it; then reads leave it out and say that they are not complete.';
  end if;
end
$$;
comment on function private.require_intact is 'Raises an error for damaged chunks.';
revoke all on function private.require_intact from public;
-- Raises an error for a damaged chunk of sensors in a time range (both ends included) that is not marked yet.
-- Look-ups of single values (private.packed_value) leave it to their caller, as comparing a whole chunk for
-- each would cost more than the look-up: a page of history does it once.
-- Who may call it: every API role; row-level security decides which chunks.
-- Raises PT500 DAMAGED_HISTORY.
create function private.require_sound_values(p_sensors integer[], p_since timestamp, p_until timestamp)
returns void
language sql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off
begin atomic
  select private.refuse_chunk(
    'TbSensorRegistroFrio', c."cdPacote", 'sensor ' || c."cdSensor", c."cdCliente", c."dtPrimeiro")
  from series."TbSensorRegistroFrio" c
  where p_since < (select private.packed_before()) and c."cdSensor" = any (p_sensors)
    and c."dtPrimeiro" >= date_trunc('month', p_since) and c."dtPrimeiro" <= p_until
    and c."dtUltimo" >= p_since and not c."blDanificado"
    and private.is_sound_values(c.ctid) is not true;
end;
comment on function private.require_sound_values is
  'Raises an error for a damaged chunk of sensors in a time range.';
revoke all on function private.require_sound_values from public;
grant execute on function private.require_sound_values to authenticated, service_role;
-- Drops the emptied partitions of a month and lets the late tables, which are partitions as well, take their
-- place: they hold whatever arrives for packed months. What has arrived for this month since it was packed
-- goes with them, up to 1,000 rows: a device that keeps sending old readings must not keep its partition.
-- Whether it did; false when there are more rows or a partition is in use, to be tried again. Waits 30 ms at
-- most for each of the two series, before it does anything: whoever comes meanwhile waits behind it for both,
-- and for the work. Other partitions are not locked, as one may be vacuumed. Counts again under the lock.
-- A late table is attached again each time, as its bounds cannot be changed; it is scanned for that, and
-- therefore must be small. Part of private.pack_history.
create function private.retire_partitions(p_month timestamp) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '30ms'
set enable_seqscan = off as $$
declare
  v_series text[] := array['TbPosicao', 'TbSensorRegistro'];
  v_late text[] := array['TbPosicaoTardia', 'TbSensorRegistroTardio'];
  v_pair record;
  v_partition text;
  v_columns text;
begin
  for v_pair in
    select t.*, to_regclass(format(
             'particoes.%I', format('%s_%s', t.series, to_char(p_month, 'YYYY_MM')))) as partition
    from unnest(v_series, v_late) as t(series, late)
  loop
    if pg_relation_size(to_regclass(format('particoes.%I', v_pair.late))) > 32 << 20
       or private.count_left(v_pair.partition) > 1000 then -- without a lock first: what was packed lies there
      raise lock_not_available; -- they are packed first
    end if;
  end loop;
  lock table only series."TbPosicao", only series."TbSensorRegistro" in access exclusive mode;
  for v_pair in select * from unnest(v_series, v_late) as t(series, late) loop
    v_partition := to_regclass(format(
      'particoes.%I', format('%s_%s', v_pair.series, to_char(p_month, 'YYYY_MM'))));
    if v_partition is not null then
      if private.count_left(v_partition) > 1000 then
        raise lock_not_available;
      end if;
      execute format('alter table series.%I detach partition %s', v_pair.series, v_partition);
    end if;
    if to_regclass(format('particoes.%I', v_pair.late)) is not null then
      execute format('alter table series.%I detach partition particoes.%I', v_pair.series, v_pair.late);
    else
      execute format('create table particoes.%I (like series.%I including all)', v_pair.late, v_pair.series);
      execute format('alter table particoes.%I enable row level security', v_pair.late);
      execute format(
        'revoke all on particoes.%I from public, anon, authenticated, service_role', v_pair.late);
    end if;
    if v_partition is not null then
      select string_agg(quote_ident(a.attname), ', ') into v_columns from pg_attribute a
      where a.attrelid = format('series.%I', v_pair.series)::regclass and a.attnum > 0 and not a.attisdropped;
      execute format('insert into particoes.%1$I (%2$s) select %2$s from %3$s', v_pair.late, v_columns,
                     v_partition);
      execute format('drop table %s', v_partition);
    end if;
    execute format('alter table series.%I attach partition particoes.%I for values from (minvalue) to (%L)',
                   v_pair.series, v_pair.late, p_month + interval '1 month');
  end loop;
  return true;
exception when lock_not_available then
  return false; -- nothing is done by halves
end
$$;
comment on function private.retire_partitions is
  'Drops the emptied partitions of a packed month; late rows for it go into the late tables.';
revoke all on function private.retire_partitions from public;
-- The stored position of a device, time, client and nrSeq, packed or not. Packs are looked at for packed time
-- only. With nrSeq in the condition the unique index finds it, however many have this time.
-- Inlined: no SET clause. Who may call it: every API role; row-level security decides which rows.
create function private.stored_position(p_device integer, p_time timestamp, p_client integer,
  p_seq bigint) returns setof series."TbPosicao"
language sql stable
begin atomic
  select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
         p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
  from series."TbPosicao" p
  where p."cdDispositivo" = p_device and p."dtRegistro" = p_time and p."cdCliente" = p_client
    and p."nrSeq" = p_seq
  union all
  select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
         p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
  from series."TbPosicao" p
  where p."cdDispositivo" = p_device and p."dtRegistro" = p_time and p."cdCliente" = p_client
    and p."nrSeq" is null and p_seq is null
  union all
  select f.* from private.packed_position(p_device, p_time, p_client, p_seq) f
  where p_time < (select private.packed_before());
end;
comment on function private.stored_position is
  'The stored position of a device, time, client and nrSeq, packed or not.';
revoke all on function private.stored_position from public;
grant execute on function private.stored_position to authenticated, service_role;
-- The stored value of a key, packed or not. Packs are looked at for packed time only.
-- Inlined: no SET clause. Who may call it: every API role; row-level security decides which rows.
create function private.stored_value(p_sensor integer, p_time timestamp, p_client integer)
returns setof series."TbSensorRegistro"
language sql stable
begin atomic
  select r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
         r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
  from series."TbSensorRegistro" r
  where r."cdSensor" = p_sensor and r."dtRegistro" = p_time and r."cdCliente" = p_client
  union all
  select f.* from private.packed_value(p_sensor, p_time, p_client) f
  where p_time < (select private.packed_before());
end;
comment on function private.stored_value is 'The stored value of a sensor, time and client, packed or not.';
revoke all on function private.stored_value from public;
grant execute on function private.stored_value to authenticated, service_role;
-- Gives a packed value to another position, as private.take_over_values does with one that is not packed: the
-- chunk is changed where it is, its checksum with it. Whether it still belonged to the position seen.
-- Raises data_corrupted: a damaged chunk is not signed anew.
create function private.take_over_packed(p_sensor integer, p_time timestamp, p_client integer,
  p_owner_position bigint, p_position bigint) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_chunk bigint;
begin
  select c."cdPacote" into v_chunk from series."TbSensorRegistroFrio" c
  where c."cdSensor" = p_sensor and c."cdCliente" = p_client and not c."blDanificado"
    and c."dtPrimeiro" between date_trunc('month', p_time) and p_time and c."dtUltimo" >= p_time
  for update;
  if not (select private.is_sound_values(c.ctid)
          from series."TbSensorRegistroFrio" c where c."cdPacote" = v_chunk) then
    raise data_corrupted using message = format('Chunk %s of TbSensorRegistroFrio is damaged', v_chunk);
  end if;
  with target as materialized (
    select private.replace_integer(c."pcPosicao", c."nrQtd", n, p_position) as places,
           c."nrVerificacao" # hash_record_extended(v, 0) # hash_record_extended(row(
             v."dtRegistro", v."nrValor", p_position, v."cdSensor", v."cdDispositivo", v."cdCliente",
             v."cdProdutoItem", v."nrQualidade", v."blValor", v."dsValor"), 0) as checksum
    from series."TbSensorRegistroFrio" c
    cross join lateral unnest(private.find_times(
      c."pcRegistro", c."nrQtd", round(date_part('epoch', p_time - c."dtPrimeiro") * 1000000)::bigint)) n
    cross join private.packed_value(p_sensor, p_time, p_client) v
    where c."cdPacote" = v_chunk and v."cdPosicao" is not distinct from p_owner_position
  )
  update series."TbSensorRegistroFrio" c
  set "pcPosicao" = t.places, "nrVerificacao" = t.checksum, "nrResumo" = private.digest_of_values(
        c."cdSensor", c."cdCliente", c."dtPrimeiro", c."dtUltimo", c."nrQtd", t.checksum, c."pcRegistro",
        c."pcValor", c."arBooleano", c."arTexto", c."pcQualidade", c."pcDispositivo", c."pcProdutoItem",
        t.places)
  from target t where c."cdPacote" = v_chunk;
  return found;
end
$$;
comment on function private.take_over_packed is 'Gives a packed value to another position.';
revoke all on function private.take_over_packed from public;
-- Puts packed positions back as rows, chunk by chunk: of these devices, chunks that begin before a time. For
-- what deletes rows and says of each that it did; what is left is packed again with the late rows. Chunks
-- that are damaged are deleted: their rows are lost. Returns how many rows.
create function private.unpack_positions(p_devices integer[], p_until timestamp) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  v_marking text := current_setting('rastro.dirty_marking', true);
  v_rows bigint;
  v_chunks bigint[] := array(
    select c."cdPacote" from series."TbPosicaoFria" c
    where c."cdDispositivo" = any (p_devices) and c."dtPrimeiro" < p_until
    order by c."cdPacote" for update);
begin
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- no hour says anything else afterwards
  perform set_config('rastro.current_positions', 'are later', true); -- what is packed is old
  loop
    begin
      insert into series."TbPosicao" (
        "cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo", "cdCliente", "nrSeq",
        "cdDestinatario", "cdEndereco", "nrDistancia", "blArea", "nrPrecisao")
      select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo",
             u."cdCliente", u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea",
             u."nrPrecisao"
      from private.unpacked_positions('-infinity', 'infinity') u
      where u."cdPacote" = any (v_chunks);
      get diagnostics v_rows = row_count;
      exit;
    exception when sqlstate 'PT500' then
      if private.mark_damaged('TbPosicaoFria', v_chunks) = 0 then
        raise;
      end if; -- now they are left out
    end;
  end loop;
  delete from series."TbPosicaoFria" c where c."cdPacote" = any (v_chunks);
  perform set_config('rastro.dirty_marking', coalesce(v_marking, ''), true);
  return v_rows;
end
$$;
comment on function private.unpack_positions is
  'Puts packed positions of devices back as rows; returns how many.';
revoke all on function private.unpack_positions from public;
-- Puts packed values back as rows, chunk by chunk: of these sensors, chunks that begin before a time. For
-- what deletes rows and says of each that it did; what is left is packed again with the late rows. Chunks
-- that are damaged are deleted: their rows are lost. Returns how many rows.
create function private.unpack_values(p_sensors integer[], p_until timestamp) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  v_marking text := current_setting('rastro.dirty_marking', true);
  v_rows bigint;
  v_chunks bigint[] := array(
    select c."cdPacote" from series."TbSensorRegistroFrio" c
    where c."cdSensor" = any (p_sensors) and c."dtPrimeiro" < p_until
    order by c."cdPacote" for update);
begin
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- no hour says anything else afterwards
  loop
    begin
      insert into series."TbSensorRegistro" (
        "dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente", "cdProdutoItem",
        "nrQualidade", "blValor", "dsValor")
      select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
             u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
      from private.unpacked_values('-infinity', 'infinity') u
      where u."cdPacote" = any (v_chunks);
      get diagnostics v_rows = row_count;
      exit;
    exception when sqlstate 'PT500' then
      if private.mark_damaged('TbSensorRegistroFrio', v_chunks) = 0 then
        raise;
      end if; -- now they are left out
    end;
  end loop;
  delete from series."TbSensorRegistroFrio" c where c."cdPacote" = any (v_chunks);
  perform set_config('rastro.dirty_marking', coalesce(v_marking, ''), true);
  return v_rows;
end
$$;
comment on function private.unpack_values is
  'Puts packed values of sensors back as rows; returns how many.';
revoke all on function private.unpack_values from public;
-- Values that are stored as rows, not packed; late ones as well. For reads of the newest or oldest few: a
-- union with packs would have to be sorted before its first row is known.
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.value_rows() returns setof series."TbSensorRegistro"
language sql stable
begin atomic
  select r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
         r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
  from series."TbSensorRegistro" r;
end;
comment on function private.value_rows is 'Values that are stored as rows, not packed.';
revoke all on function private.value_rows from public;
grant execute on function private.value_rows to authenticated, service_role;
-- Values of a sensor in a time range, wherever they are stored. They are those of the view TbSensorRegistro,
-- but chunks outside the range are not unpacked: the view cannot know for which time it is asked.
-- p_until   excluded
-- Without SET clause, to be inlined. The sensor is an argument, as a join would not reach the chunks.
-- Who may call it: every API role; row-level security decides which rows.
create function private.values_between(p_sensor integer, p_since timestamp, p_until timestamp)
returns setof series."TbSensorRegistro"
language sql stable
begin atomic
  select r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
         r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
  from series."TbSensorRegistro" r
  where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
  union all
  select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
         u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
  from private.unpacked_values(p_since, p_until) u
  where u."cdSensor" = p_sensor;
end;
comment on function private.values_between is 'Values of a sensor in a time range, wherever they are stored.';
revoke all on function private.values_between from public;
grant execute on function private.values_between to authenticated, service_role;
-- The next values to pack: about 6,000 of one month, as ranges of sensors and clients for
-- private.pack_values. Where chunks exist already, a range ends where a chunk begins, so that late values go
-- into the chunk they belong to and chunks never overlap. What belongs to a damaged chunk is left alone.
-- p_from           the first sensor to look at
-- p_since, p_until the end is excluded
create function private.values_to_pack(p_from integer, p_since timestamp, p_until timestamp)
returns private.data_range[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan as $$
declare
  v_first record;
  v_month timestamp;
  v_damaged private.data_range[] := private.damaged_ranges('TbSensorRegistroFrio');
begin
  select r."cdSensor" as code, r."dtRegistro" as moment into v_first
  from series."TbSensorRegistro" r
  where r."cdSensor" >= p_from and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
    and (v_damaged = '{}' or not exists (
      select from unnest(v_damaged) f where f.code = r."cdSensor" and f."cdCliente" = r."cdCliente"
        and r."dtRegistro" >= f.since and r."dtRegistro" < f.until))
  order by r."cdSensor", r."dtRegistro" limit 1;
  v_month := date_trunc('month', v_first.moment);
  return array(
    with chosen as materialized (
      select r."cdSensor" as code, r."cdCliente" as client, r."dtRegistro" as moment
      from series."TbSensorRegistro" r
      where r."cdSensor" >= v_first.code and r."dtRegistro" >= greatest(v_month, p_since)
        and r."dtRegistro" < least(v_month + interval '1 month', p_until)
        and (v_damaged = '{}' or not exists (
          select from unnest(v_damaged) f where f.code = r."cdSensor" and f."cdCliente" = r."cdCliente"
            and r."dtRegistro" >= f.since and r."dtRegistro" < f.until))
      order by r."cdSensor", r."dtRegistro" limit 6000
    ), cut as ( -- there may be more than were chosen: those of the last time are left for later
      select c.code, max(c.moment) as moment from chosen c
      where (select count(*) from chosen) = 6000 and c.code = (select max(code) from chosen)
      group by c.code having c.code > v_first.code or max(c.moment) > v_first.moment
    )
    select private.make_data_range(p_code => c.code, p_client => c.client,
      p_since => coalesce(before."dtPrimeiro", v_month),
      p_until => least(after."dtPrimeiro", v_month + interval '1 month',
        case when count(k.code) > 0
             then greatest(min(k.moment), before."dtUltimo" + interval '1 microsecond') end))
    from chosen c
    left join cut k on k.code = c.code
    left join lateral (
      select f."dtPrimeiro", f."dtUltimo" from series."TbSensorRegistroFrio" f
      where f."cdSensor" = c.code and f."cdCliente" = c.client
        and f."dtPrimeiro" >= v_month and f."dtPrimeiro" <= c.moment
      order by f."dtPrimeiro" desc limit 1
    ) before on true
    left join lateral (
      select f."dtPrimeiro" from series."TbSensorRegistroFrio" f
      where f."cdSensor" = c.code and f."cdCliente" = c.client
        and f."dtPrimeiro" > c.moment and f."dtPrimeiro" < v_month + interval '1 month'
      order by f."dtPrimeiro" limit 1
    ) after on true
    group by c.code, c.client, before."dtPrimeiro", before."dtUltimo", after."dtPrimeiro");
end
$$;
comment on function private.values_to_pack is 'The next values to pack, as ranges.';
revoke all on function private.values_to_pack from public;
-- Maintenance step: unpacks chunks that were not looked at for a week, see private.verify_packs_before.
create function private.verify_packs() returns integer
language sql set search_path = pg_catalog, pg_temp as $$
  select private.verify_packs_before(now() - interval '7 days')
$$;
comment on function private.verify_packs is
  'Maintenance step: compares packed history with its checksums and marks what is damaged.';
revoke all on function private.verify_packs from public;
-- Unpacks chunks that were last looked at before a time, a few per call, and compares them with their
-- checksums. A chunk that is damaged is marked: reads leave it out and say that they are not complete, and
-- scripts/doctor names it. Returns how many chunks were looked at; 0 when none is due.
-- Called by private.verify_packs and by scripts/doctor --verify-packs.
create function private.verify_packs_before(p_time timestamptz) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_table text;
  v_chunks bigint[];
  v_done integer := 0;
begin
  foreach v_table in array array['TbPosicaoFria', 'TbSensorRegistroFrio', 'TbRollupFrio'] loop
    execute format(
      'select array(select c."cdPacote" from series.%I c '
      'where c."dtVerificado" < $1 and not c."blDanificado" '
      'order by c."dtVerificado" limit 20 for update skip locked)', v_table)
    into v_chunks using p_time;
    perform private.mark_damaged(v_table, v_chunks);
    v_done := v_done + cardinality(v_chunks);
  end loop;
  return v_done;
end
$$;
comment on function private.verify_packs_before is
  'Compares packed history with its checksums and marks what is damaged, a few chunks per call.';
revoke all on function private.verify_packs_before from public;
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
-- The owner writes to the view TbSensorRegistro as to a table, see private.write_position.
-- Trigger function. Raises feature_not_supported.
create function private.write_value() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from pg_namespace n where n.nspname = 'conversao') then
    return coalesce(new, old);
  end if;
  if tg_op <> 'INSERT' then
    delete from series."TbSensorRegistro" r
    where r."cdSensor" = old."cdSensor" and r."dtRegistro" = old."dtRegistro"
      and r."cdCliente" = old."cdCliente";
    if not found then
      raise feature_not_supported using message = format(
        'The value of sensor %s of %s is packed and cannot be changed', old."cdSensor", old."dtRegistro");
    end if;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  new."nrQualidade" := coalesce(new."nrQualidade", 0);
  insert into series."TbSensorRegistro" select new.*;
  return new;
end
$$;
comment on function private.write_value is
  'Writes to series."TbSensorRegistro" what the owner writes to the view.';
revoke all on function private.write_value from public;
-- end

-- from sql/55_packing/policies
-- As of the time series: the owner at receipt decides who sees a row, here all rows of a chunk.
create policy ler on series."TbPosicaoFria" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
-- As of the time series: the owner at receipt decides who sees a row, here all rows of a chunk.
create policy ler on series."TbSensorRegistroFrio" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
-- end

-- from sql/55_packing/triggers
create trigger "TbPosicao_escrita" instead of insert or update or delete on public."TbPosicao"
  for each row execute function private.write_position();
comment on trigger "TbPosicao_escrita" on public."TbPosicao" is 'Lets the owner write to the view.';
create trigger "TbSensorRegistro_escrita" instead of insert or update or delete on public."TbSensorRegistro"
  for each row execute function private.write_value();
comment on trigger "TbSensorRegistro_escrita" on public."TbSensorRegistro" is
  'Lets the owner write to the view.';
-- end
