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
