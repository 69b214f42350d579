-- At most 1,000 positions as they are stored: of one device the newest, in that order; of all devices any.
-- p_cd_dispositivo               0: all
-- p_ds_lat, p_ds_long, p_nr_bat  exactly these coordinates (degrees), this voltage; null: any
-- p_dt_inicio, p_dt_fim          both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
create function public.get_posicoes(
  p_cd_dispositivo integer default 0, p_ds_lat double precision default null,
  p_ds_long double precision default null, p_nr_bat double precision default null,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
begin
  perform private.require_permission('read');
  return (
    select coalesce(json_agg(p), '[]')
    from (
      (select q.* from public."TbPosicao" q
       where q."cdDispositivo" = p_cd_dispositivo and q."dtRegistro" between v_since and v_until
         and (p_ds_lat is null or q."dsLat" = p_ds_lat) and (p_ds_long is null or q."dsLong" = p_ds_long)
         and (p_nr_bat is null or q."nrBat" = p_nr_bat)
       order by q."dtRegistro" desc limit 1000)
      union all
      -- in no order: sorting them would read all of them
      (select q.* from public."TbPosicao" q
       where p_cd_dispositivo = 0 and q."dtRegistro" between v_since and v_until
         and (p_ds_lat is null or q."dsLat" = p_ds_lat) and (p_ds_long is null or q."dsLong" = p_ds_long)
         and (p_nr_bat is null or q."nrBat" = p_nr_bat)
       limit 1000)
    ) p);
end
$$;
comment on function public.get_posicoes is
  'Positions as they are stored, at most 1,000.';
revoke all on function public.get_posicoes from public;
grant execute on function public.get_posicoes to authenticated, service_role;
