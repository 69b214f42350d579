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
