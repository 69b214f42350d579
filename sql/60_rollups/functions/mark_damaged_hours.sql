-- Looks at the packed history and rollups of dirty hours and marks what is damaged, so that it stops no
-- other hour.
-- Returns how many chunks are. Part of private.redo_dirty_hours.
-- p_entries   keys of TbRollupPendente
create function private.mark_damaged_hours(p_entries bigint[]) returns integer
language sql set search_path = pg_catalog, pg_temp as $$
  select private.mark_damaged('TbSensorRegistroFrio', array(
           select distinct c."cdPacote" from private."TbRollupPendente" p
           join series."TbSensorRegistroFrio" c on c."cdSensor" = p."cdSensor"
             and c."dtPrimeiro" < p."dtHora" + interval '1 hour' and c."dtUltimo" >= p."dtHora"
           where p."cdPendente" = any (p_entries) and not c."blDanificado"))
    + private.mark_damaged('TbPosicaoFria', array(
        select distinct c."cdPacote" from private."TbRollupPendente" p
        join series."TbPosicaoFria" c on c."cdDispositivo" = p."cdDispositivo"
          and c."dtPrimeiro" < p."dtHora" + interval '1 hour' and c."dtUltimo" >= p."dtHora"
        where p."cdPendente" = any (p_entries) and not c."blDanificado"))
    + private.mark_damaged('TbRollupFrio', array(
        select distinct c."cdPacote" from private."TbRollupPendente" p
        join series."TbRollupFrio" c on c."cdSensor" = p."cdSensor"
          and c."dtInicio" > p."dtHora" - interval '7 days' and c."dtInicio" <= p."dtHora"
          and c."dtFim" > p."dtHora"
        where p."cdPendente" = any (p_entries) and not c."blDanificado"))
$$;
comment on function private.mark_damaged_hours is
  'Marks damaged chunks of the packed history of dirty hours.';
revoke all on function private.mark_damaged_hours from public;
