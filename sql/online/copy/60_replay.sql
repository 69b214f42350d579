-- Replay of quarantined old rows after their cause was mended, for example a device was given a client.

-- Before the switch they are simply judged again from the old tables: as if they had changed.
create or replace function conversao.replay_old() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_found bigint;
begin
  insert into conversao."TbConversaoMudanca" ("dsTabela", "cdChave", "cdSensor", "dtMomento")
  select l."dsTabela", l."cdPosicao", l."cdSensor", l."dtMomento"
  from conversao."TbConversaoLinha" l where l."dsDestino" = 'quarantined';
  get diagnostics v_found = row_count;
  return v_found;
end
$$;
comment on function conversao.replay_old is 'Has all quarantined rows judged again by carry_changes.';

-- After the switch they are judged as they were kept. Those of a position go with it. One part, one
-- transaction.
-- p_after  the last row of the part before
-- p_until  the last row when the replay began: what stays in quarantine is written anew behind it
-- last     the last row of this one; null when there are no more
create or replace function conversao.replay_kept(
  p_after bigint, p_until bigint, p_limit integer, out last bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_lines bigint[];
begin
  perform conversao.open_workspace();
  v_lines := array(
    select l."cdLinha" from conversao."TbConversaoLinha" l
    where l."dsDestino" = 'quarantined' and l."cdLinha" > p_after and l."cdLinha" <= p_until
      and l."dsMotivo" not like 'with its position: %'
    order by l."cdLinha" limit p_limit for update);
  last := v_lines[cardinality(v_lines)];
  if last is null then
    return;
  end if;
  v_lines := v_lines || array(
    select l."cdLinha" from conversao."TbConversaoLinha" l
    where l."dsMotivo" like 'with its position: %' and l."cdPosicao" in (
      select k."cdPosicao" from conversao."TbConversaoLinha" k where k."cdLinha" = any (v_lines)));
  insert into chosen_positions
  select p.* from conversao."TbConversaoLinha" l
  cross join lateral jsonb_populate_record(null::chosen_positions, l."jsLinha") p
  where l."cdLinha" = any (v_lines) and l."dsTabela" = 'TbPosicao';
  insert into chosen_readings
  select r.* from conversao."TbConversaoLinha" l
  cross join lateral jsonb_populate_record(null::chosen_readings, l."jsLinha" || case
    when l."dsMotivo" not like 'with its position: %'
      then jsonb_build_object('dtRegistro', l."dtMomento") else '{}' end) r
  where l."cdLinha" = any (v_lines) and l."dsTabela" = 'TbSensorRegistro';
  delete from conversao."TbConversaoLinha" l where l."cdLinha" = any (v_lines);
  perform conversao.judge_chosen(true);
  perform conversao.compare_readings();
  perform conversao.store_judged(false);
end
$$;
comment on function conversao.replay_kept is 'Judges quarantined rows again, and stores what is good now.';

-- A replayed position that is there already, from whomever, is merged or stays in quarantine.
create or replace function conversao.compare_positions() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update old_positions o
  set "cdMantida" = case when x.is_same then x.stored else o."cdPosicao" end,
      fate = case when x.is_same then 'merged' else 'quarantined' end,
      reason = case when x.is_same then 'the same device, time, battery and place as another'
                    else 'CONFLICT: the same device and time as another, with another battery or place' end
  from (
    select j."cdPosicao", s."cdPosicao" as stored,
           (p."nrBat" is null or p."nrBat" is not distinct from s."nrBat") and (
             j."dsLat" is null or (j."dsLat", j."dsLong") is not distinct from (s."dsLat", s."dsLong"))
             as is_same
    from old_positions j
    join chosen_positions p on p."cdPosicao" = j."cdPosicao"
    join series."TbPosicao" s on s."cdDispositivo" = p."cdDispositivo" and s."dtRegistro" = j."dtRegistro"
      and s."nrSeq" is not distinct from j."nrSeq" and s."cdCliente" = j."cdCliente"
    where j.fate = 'carried'
  ) x
  where o."cdPosicao" = x."cdPosicao";
end
$$;
comment on function conversao.compare_positions is 'Compares replayed positions with stored ones.';

-- Likewise values. One whose position was carried before belongs to that position.
create or replace function conversao.compare_readings() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update old_readings o set "cdMantida" = s."cdPosicao"
  from series."TbPosicao" s
  where o.fate = 'carried' and o."cdMantida" is null and s."cdPosicao" = o."cdPosicao"
    and s."dtRegistro" = o.moment;
  update old_readings o
  set fate = case when x.is_same then 'merged' else 'quarantined' end,
      reason = case when x.is_same then 'the same sensor, time and value as another'
                    else 'CONFLICT: the same sensor and time as another, with another value' end
  from (
    select r."cdDispositivo", r."cdSensor", r."cdPosicao", s."nrValor" = r."nrValor" as is_same
    from old_readings j
    join chosen_readings r on r."cdPosicao" = j."cdPosicao" and r."cdSensor" = j."cdSensor"
      and r."cdDispositivo" = j."cdDispositivo"
    join series."TbSensorRegistro" s on s."cdSensor" = j."cdSensor" and s."dtRegistro" = j.moment
      and s."cdCliente" = j."cdCliente"
    where j.fate = 'carried'
  ) x
  where x."cdDispositivo" = o."cdDispositivo" and x."cdSensor" = o."cdSensor"
    and x."cdPosicao" = o."cdPosicao";
end
$$;
comment on function conversao.compare_readings is 'Compares replayed values with stored ones.';
