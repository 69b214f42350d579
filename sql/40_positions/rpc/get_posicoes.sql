-- At most 1,000 positions as they are stored: of one device the newest, in that order; of all devices any.
-- p_cd_dispositivo               0: all
-- p_ds_lat, p_ds_long, p_nr_bat  exactly these coordinates (degrees), this voltage; null: any
-- p_dt_inicio, p_dt_fim          both ends included; null: no limit
-- No index knows coordinates and voltages: positions are looked through, device by device, so that those of
-- other clients are not, and a hundred thousand at most.
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE when a hundred thousand were looked through and more were left: nothing is ever
-- cut silently.
create function public.get_posicoes(
  p_cd_dispositivo integer default 0, p_ds_lat double precision default null,
  p_ds_long double precision default null, p_nr_bat double precision default null,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set enable_seqscan = off as $$
declare
  v_since timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_targets private.history_target[];
  v_answer json;
  v_last bigint;
begin
  perform private.require_permission('read');
  v_targets := private.history_targets(null, p_cd_dispositivo, null);
  select json_agg(f.entry), max(f.n)
  into v_answer, v_last
  from (
    select l.entry, l.n
    from (
      select q.entry, (q.entry)."dsLat", (q.entry)."dsLong", (q.entry)."nrBat", row_number() over () as n
      from unnest(v_targets) a
      cross join lateral (
        (select r as entry from private.position_rows() r
         where r."cdDispositivo" = a."cdDispositivo" and r."dtRegistro" between v_since and v_until
         order by r."dtRegistro" desc limit 100001)
        union all
        (select f from private.packed_positions(a."cdDispositivo", v_since, private.after(v_until)) f
         order by f."dtRegistro" desc limit 100001)
      ) q
    ) l
    where l.n > 100000
      or (p_ds_lat is null or l."dsLat" = p_ds_lat) and (p_ds_long is null or l."dsLong" = p_ds_long)
      and (p_nr_bat is null or l."nrBat" = p_nr_bat)
    limit 1000
  ) f;
  if v_last > 100000 then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE', message =
      '100000 positions were looked through, and there are more. Name a device, or narrow the range.';
  end if;
  return coalesce(v_answer, '[]');
end
$$;
comment on function public.get_posicoes is
  'Positions as they are stored, at most 1,000.';
revoke all on function public.get_posicoes from public;
grant execute on function public.get_posicoes to authenticated, service_role;
