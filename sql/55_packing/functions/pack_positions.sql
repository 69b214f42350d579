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
