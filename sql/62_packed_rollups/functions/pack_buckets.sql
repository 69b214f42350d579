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
