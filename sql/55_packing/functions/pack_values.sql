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
