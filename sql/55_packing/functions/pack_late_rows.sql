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
