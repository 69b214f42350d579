-- Packing of rollups: step by step by maintenance; what makes an hour again puts it back as rows first.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/62_packed_rollups/functions
-- Expired rollups that are packed: whole chunks are deleted; chunks that expire in part, and hours that must
-- say which finer rollups they have left (nrFino), are put back as rows. Part of private.expire_rollups.
-- p_one_minute, p_five_minutes, p_one_hour   before which time rollups have expired; null: none has
-- p_last   up to where finer rollups had expired before
-- Returns how many buckets it deleted.
create function private.expire_packed_rollups(p_client integer, p_sensors integer[], p_one_minute timestamp,
  p_five_minutes timestamp, p_one_hour timestamp, p_last timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  v_total integer;
begin
  with gone as (
    delete from series."TbRollupFrio" c
    where c."cdCliente" = p_client and c."cdSensor" = any (p_sensors)
      and c."dtFim" <= case c."nrMinutos" when 1 then p_one_minute when 5 then p_five_minutes
                                          else p_one_hour end
    returning c."nrQtd"
  )
  select coalesce(sum(g."nrQtd"), 0) into v_total from gone g;
  perform private.unpack_buckets(array(
    select c."cdPacote" from series."TbRollupFrio" c
    where c."cdCliente" = p_client and c."cdSensor" = any (p_sensors)
      and case c."nrMinutos"
            when 1 then c."dtInicio" < p_one_minute
            when 5 then c."dtInicio" < p_five_minutes
            else c."dtInicio" < p_one_hour
                 or c."dtInicio" < greatest(p_one_minute, p_five_minutes) and c."dtFim" > p_last end));
  return v_total;
end
$$;
comment on function private.expire_packed_rollups is 'Deletes packed rollups of a client that have expired.';
revoke all on function private.expire_packed_rollups from public;
-- Hours of sensors in a time range, packed or not, right or not: see private.stored_buckets.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.hours_between(p_sensors integer[], p_since timestamp, p_until timestamp)
returns table ("cdSensor" integer, "cdCliente" integer, "dtBucket" timestamp, "nrFino" smallint)
language sql stable
begin atomic
  select b."cdSensor", b."cdCliente", b."dtBucket", b."nrFino" from series."TbSensorRegistro1h" b
  where b."cdSensor" = any (p_sensors) and b."dtBucket" >= p_since and b."dtBucket" < p_until
  union all
  select u."cdSensor", u."cdCliente", u."dtBucket", u."nrFino"
  from private.unpacked_buckets(60, p_since, p_until) u
  where u."cdSensor" = any (p_sensors) and u."dtBucket" >= p_since and u."dtBucket" < p_until;
end;
comment on function private.hours_between is 'Hours of sensors in a time range, packed or not.';
revoke all on function private.hours_between from public;
grant execute on function private.hours_between to authenticated, service_role;
-- Whether a chunk of rollups unpacks to the rows that were packed, as private.is_intact_values.
create function private.is_intact_buckets(p_chunk bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select count(u.*) = c."nrQtd" and bit_xor(hash_record_extended(u, 0)) = c."nrVerificacao"
    and min(u."dtBucket") >= c."dtInicio" and max(u."dtBucket") < c."dtFim"
  from series."TbRollupFrio" c
  left join lateral (
    select v."dtBucket", v."nrSoma", v."nrMin", v."nrMax", v."nrQtd", v."cdSensor", v."cdCliente",
           v."cdProdutoItem", v."nrFino"
    from private.unpacked_buckets(c."nrMinutos", c."dtInicio", c."dtFim") v
    where v."cdPacote" = c."cdPacote"
  ) u on true
  where c."cdPacote" = p_chunk
  group by c."cdPacote"
$$;
comment on function private.is_intact_buckets is
  'Whether a chunk of rollups unpacks to the rows that were packed.';
revoke all on function private.is_intact_buckets from public;
-- Packs the rollups of sensors of a day or week each. What was packed is unpacked again and compared by its
-- checksum, so that an error in it undoes everything. Returns how many rows.
-- p_name, p_span        table of the rollup and length of a chunk, see private.rollup_tier
-- p_sensors, p_starts   sensors, each with the start of a chunk
create function private.pack_buckets(p_minutes integer, p_name text, p_span interval, p_sensors integer[],
  p_starts timestamp[]) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off as $$
declare
  v_new bigint[];
  v_rows bigint;
  v_taken bigint;
begin
  perform private.unpack_rollups(p_sensors, p_starts, p_minutes); -- what was put back meanwhile
  execute format($s$
    with taken as materialized (
      delete from series.%I b using unnest($1, $2) as a(sensor, start)
      where b."cdSensor" = a.sensor and b."dtBucket" >= a.start and b."dtBucket" < a.start + $3
        and b."dtBucket" >= $5 and b."dtBucket" < $6 -- prunes partitions
      returning b."dtBucket", b."nrSoma", b."nrMin", b."nrMax", b."nrQtd", b."cdSensor", b."cdCliente",
                b."cdProdutoItem", %s as "nrFino"
    ), entry as (
      select t.*, date_bin($3, t."dtBucket", timestamp '2000-01-01') as start,
             hash_record_extended(t, 0) as hash
      from taken t
      order by t."cdSensor", t."cdCliente", t."dtBucket", t."cdProdutoItem"
    ), chunk as (
      select e."cdSensor", e."cdCliente", e.start, count(*) as quantity, bit_xor(e.hash) as hash,
             array_agg((date_part('epoch', e."dtBucket" - e.start) / 60)::bigint) as buckets,
             array_agg(e."nrQtd"::bigint) as counts, array_agg(e."nrSoma") as sums,
             array_agg(e."nrMin") as minima, array_agg(e."nrMax") as maxima,
             array_agg(e."cdProdutoItem"::bigint) as items, array_agg(e."nrFino"::bigint) as fines
      from entry e group by 1, 2, 3
    ), packed as materialized (
      select k."cdSensor", k."cdCliente", k.start, k.start + $3 as until, k.quantity::integer, k.hash,
             private.pack_integers(k.buckets) as buckets, private.pack_integers(k.counts) as counts,
             private.pack_numbers(k.sums) as sums, private.pack_numbers(k.minima) as minima,
             private.pack_numbers(k.maxima) as maxima, private.pack_integers(k.items) as items,
             private.pack_integers(k.fines) as fines
      from chunk k
    ), new_chunk as (
      insert into series."TbRollupFrio" (
        "cdSensor", "cdCliente", "dtInicio", "dtFim", "nrMinutos", "nrQtd", "nrVerificacao", "nrResumo",
        "pcBucket", "pcQtd", "pcSoma", "pcMin", "pcMax", "pcProdutoItem", "pcFino")
      select k."cdSensor", k."cdCliente", k.start, k.until, $4, k.quantity, k.hash,
             private.digest_of_buckets(k."cdSensor", k."cdCliente", k.start, k.until, $4, k.quantity, k.hash,
               k.buckets, k.counts, k.sums, k.minima, k.maxima, k.items, k.fines),
             k.buckets, k.counts, k.sums, k.minima, k.maxima, k.items, k.fines
      from packed k
      returning "cdPacote", "nrQtd"
    )
    select array_agg(n."cdPacote"), coalesce(sum(n."nrQtd"), 0), (select count(*) from taken)
    from new_chunk n
  $s$, p_name, case p_minutes when 60 then 'b."nrFino"' else 'null::smallint' end)
  into v_new, v_rows, v_taken
  using p_sensors, p_starts, p_span, p_minutes::smallint, (select min(s) from unnest(p_starts) s),
    (select max(s) + p_span from unnest(p_starts) s);
  if v_rows <> v_taken then
    raise data_corrupted using message = format('%s rollups were packed of %s', v_rows, v_taken);
  end if;
  perform private.require_intact('TbRollupFrio', v_new);
  return v_rows;
end
$$;
comment on function private.pack_buckets is 'Packs rollups of sensors, of a day or week each.';
revoke all on function private.pack_buckets from public;
-- Maintenance step: packs rollups that are old enough, once a day for each width, some chunks per call. Each
-- call is one transaction and goes on where the last one ended. Nobody waits: only maintenance writes
-- rollups, and readers have either the rows or the chunk.
-- Returns how much it did; 0 when there is nothing to do for now.
create function private.pack_rollups() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state record;
  v_target record;
  v_last integer;
begin
  perform from private."TbRollupMarca" for update; -- no rollup changes meanwhile
  select s."nrMinutos" as minutes, s."cdProximo" as next_code, t.* into v_state
  from private."TbRollupFrioMarca" s cross join lateral private.rollup_tier(s."nrMinutos") t
  where s."dtDia" < (now() at time zone 'UTC')::date and t.packed_before > '-infinity'
  order by s."nrMinutos" limit 1;
  if v_state.minutes is null then
    return 0;
  end if;
  if v_state.next_code = 0 then
    perform private.truncate_emptied(v_state.name, v_state.packed_before);
  end if;
  v_target := private.rollups_to_pack(
    v_state.minutes, v_state.name, v_state.span, v_state.next_code, v_state.packed_before,
    case v_state.minutes when 1 then 8 else 24 end);
  if v_target.sensors is not null then
    update private."TbRollupFrioMarca" set "cdProximo" = v_target.sensors[1]
    where "nrMinutos" = v_state.minutes;
    return private.pack_buckets(
      v_state.minutes, v_state.name, v_state.span, v_target.sensors, v_target.starts);
  end if;
  v_last := v_target.last_code;
  update private."TbRollupFrioMarca"
  set "cdProximo" = coalesce(v_last + 1, 0),
      "dtDia" = case when v_last is null then (now() at time zone 'UTC')::date else "dtDia" end
  where "nrMinutos" = v_state.minutes;
  return 1;
end
$$;
comment on function private.pack_rollups is 'Maintenance step: packs rollups that are old enough.';
revoke all on function private.pack_rollups from public;
-- What a damaged chunk of rollups held is made again from the values: its hours become dirty, so that reads
-- are exact at once, and the chunk is deleted. Where values have expired it stays, to be marked. Part of
-- private.mark_damaged.
create function private.redo_damaged_rollups(p_chunks bigint[]) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  with gone as (
    delete from series."TbRollupFrio" c
    where c."cdPacote" = any (p_chunks)
      and c."dtInicio" >= private.raw_expired_before(c."cdCliente", c."cdSensor")
    returning c."cdSensor", c."cdCliente", c."dtInicio", c."dtFim"
  )
  insert into private."TbRollupPendente" ("cdSensor", "cdCliente", "dtHora")
  select g."cdSensor", g."cdCliente", h
  from gone g cross join generate_series(g."dtInicio", g."dtFim" - interval '1 hour', '1 hour') h
$$;
comment on function private.redo_damaged_rollups is
  'Has what damaged chunks of rollups held made again from the values.';
revoke all on function private.redo_damaged_rollups from public;
-- The table of a rollup, how long a chunk of it is, and before which time it is packed now: whole chunks that
-- are old enough and summed up. Null: none, as packing is switched off (nrDiasQuente), or a legacy database
-- is being converted. Part of private.pack_rollups.
create function private.rollup_tier(p_minutes integer)
returns table (name text, span interval, packed_before timestamp)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select t.name, t.span,
         case when config."nrDiasQuente" is not null and to_regclass('conversao."TbConversaoEtapa"') is null
              then date_bin(t.span, least(d.today - make_interval(days => t.days), m."dtMarca"),
                            timestamp '2000-01-01') end
  from private."TbConfiguracao" config
  cross join private."TbRollupMarca" m
  cross join (select date_trunc('day', now() at time zone 'UTC') as today) d
  cross join lateral (values
    (1, 'TbSensorRegistro1m', interval '1 day', config."nrDiasQuente1m"),
    (5, 'TbSensorRegistro5m', interval '1 day', config."nrDiasQuente5m"),
    (60, 'TbSensorRegistro1h', interval '7 days', config."nrDiasQuente1h")
  ) as t(minutes, name, span, days)
  where t.minutes = p_minutes
$$;
comment on function private.rollup_tier is
  'Table of a rollup, length of its chunks, and before which time it is packed.';
revoke all on function private.rollup_tier from public;
-- The next rollups to pack: of some sensors the oldest day or week that has rows. Rows that belong to a chunk
-- that is damaged and stays stay rows. Part of private.pack_rollups.
-- p_minutes   width of the rollup
-- p_name      its table
-- p_span      length of a chunk
-- p_from      the first sensor to look at
-- p_before    only what is older
-- p_most      sensors at most
-- last_code   the last sensor that was looked at; null: there are no more
create function private.rollups_to_pack(p_minutes integer, p_name text, p_span interval, p_from integer,
  p_before timestamp, p_most integer, out sensors integer[], out starts timestamp[], out last_code integer)
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off
set enable_bitmapscan = off as $$
declare
  v_codes integer[] := array(
    select s."cdSensor" from public."TbSensor" s
    where s."cdSensor" >= p_from order by s."cdSensor" limit 200);
begin
  last_code := v_codes[cardinality(v_codes)];
  execute format($s$
    select array_agg(f.code order by f.code), array_agg(f.start order by f.code)
    from (
      select c.code, date_bin($3, b."dtBucket", timestamp '2000-01-01') as start
      from unnest($1) with ordinality c(code, n)
      cross join lateral (
        select b."dtBucket" from series.%I b
        where b."cdSensor" = c.code and b."dtBucket" < $2
          and not exists (
            select from series."TbRollupFrio" f
            where f."blDanificado" and f."cdSensor" = c.code and f."nrMinutos" = $5
              and f."dtInicio" <= b."dtBucket" and f."dtFim" > b."dtBucket")
        order by b."dtBucket" limit 1
      ) b
      order by c.n limit $4
    ) f
  $s$, p_name)
  into sensors, starts using v_codes, p_before, p_span, p_most, p_minutes;
end
$$;
comment on function private.rollups_to_pack is 'The next rollups to pack: sensors, each with a day or week.';
revoke all on function private.rollups_to_pack from public;
-- Gives back the space of partitions of a rollup that were emptied by packing, at the beginning of a day: so
-- whoever reads by a snapshot of before they were emptied has long ended. A partition in use waits for the
-- next day. Part of private.pack_rollups.
-- p_name     table of the rollup
-- p_before   only months that are older
create function private.truncate_emptied(p_name text, p_before timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  v_partition regclass;
  v_has_row boolean;
begin
  for v_partition in
    select c.oid::regclass from pg_class c
    where c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r'
      and c.relname ~ format('^%s_\d', p_name) and pg_total_relation_size(c.oid) > 65536
      and private.partition_month(c.relname) + interval '1 month' <= p_before
    order by c.relname
  loop
    begin
      execute format('select exists (select from %s)', v_partition) into v_has_row;
      if not v_has_row then
        execute format('truncate %s', v_partition);
      end if;
    exception when lock_not_available then
      null; -- in use
    end;
  end loop;
end
$$;
comment on function private.truncate_emptied is
  'Gives back the space of partitions of a rollup that packing has emptied.';
revoke all on function private.truncate_emptied from public;
-- Puts packed rollups back as rows, chunk by chunk. A chunk that is damaged is not: its hours are marked
-- dirty by whoever finds that (private.verify_packs), or its values have expired and it stays as it is.
create function private.unpack_buckets(p_chunks bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_chunks bigint[];
  v_since timestamp;
  v_until timestamp;
begin
  select array_agg(c."cdPacote"), min(c."dtInicio"), max(c."dtFim") into v_chunks, v_since, v_until
  from series."TbRollupFrio" c where c."cdPacote" = any (p_chunks) and not c."blDanificado";
  if v_chunks is null then
    return;
  end if;
  perform private.require_intact('TbRollupFrio', v_chunks);
  insert into series."TbSensorRegistro1m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select u."dtBucket", u."nrSoma", u."nrMin", u."nrMax", u."nrQtd", u."cdSensor", u."cdCliente",
         u."cdProdutoItem"
  from private.unpacked_buckets(1, v_since, v_until) u where u."cdPacote" = any (v_chunks);
  insert into series."TbSensorRegistro5m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select u."dtBucket", u."nrSoma", u."nrMin", u."nrMax", u."nrQtd", u."cdSensor", u."cdCliente",
         u."cdProdutoItem"
  from private.unpacked_buckets(5, v_since, v_until) u where u."cdPacote" = any (v_chunks);
  insert into series."TbSensorRegistro1h" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem", "nrFino")
  select u."dtBucket", u."nrSoma", u."nrMin", u."nrMax", u."nrQtd", u."cdSensor", u."cdCliente",
         u."cdProdutoItem", u."nrFino"
  from private.unpacked_buckets(60, v_since, v_until) u where u."cdPacote" = any (v_chunks);
  delete from series."TbRollupFrio" c where c."cdPacote" = any (v_chunks);
end
$$;
comment on function private.unpack_buckets is 'Puts packed rollups back as rows.';
revoke all on function private.unpack_buckets from public;
-- Puts packed rollups of hours back as rows, whole chunks, so that they can be deleted and made again. Called
-- by whatever changes rollups that may be packed, which has locked TbRollupMarca.
-- p_sensors, p_hours   sensors, each with the start of an hour
-- p_minutes            of this width; null: of all
create function private.unpack_rollups(p_sensors integer[], p_hours timestamp[],
  p_minutes integer default null) returns void
language sql volatile set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off as $$
  select private.unpack_buckets(array(
    select distinct c."cdPacote" from unnest(p_sensors, p_hours) as a(sensor, hour)
    join series."TbRollupFrio" c on c."cdSensor" = a.sensor and c."dtInicio" > a.hour - interval '7 days'
      and c."dtInicio" <= a.hour and c."dtFim" > a.hour
    where p_minutes is null or c."nrMinutos" = p_minutes))
$$;
comment on function private.unpack_rollups is 'Puts packed rollups of hours of sensors back as rows.';
revoke all on function private.unpack_rollups from public;
-- end
