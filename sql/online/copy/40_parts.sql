-- The next part of the copy, one transaction: addresses, then rows without time, then everything else from
-- the newest time back. Each part ends where the frontier is set, in the same transaction, so that whoever is
-- killed goes on there. Returns what kind of part it was and how many rows it had; nothing when all is
-- copied.
-- p_rows  about how many rows
create or replace function conversao.copy_part(p_rows integer, out part text, out rows bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state conversao."TbConversao";
begin
  perform conversao.open_workspace();
  select c.* into strict v_state from conversao."TbConversao" c for update;
  part := 'addresses';
  rows := conversao.copy_next_addresses(p_rows);
  if rows > 0 then
    return;
  end if;
  if not v_state."blOrfas" then
    part := 'orphans';
    rows := conversao.list_orphans();
    return;
  end if;
  if not v_state."blSemTempo" then
    part := 'untimed';
    rows := conversao.copy_untimed(v_state."cdSemTempoAte", p_rows);
    return;
  end if;
  part := 'rows';
  rows := case when v_state."dtFronteira" > '-infinity'
    then conversao.copy_before(v_state."dtFronteira", p_rows) end;
end
$$;
comment on function conversao.copy_part is 'Copies the next part; rows is null when all is copied.';

-- Readings whose position does not exist. A foreign key that holds says that there are none.
create or replace function conversao.list_orphans() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_found bigint := 0;
begin
  if not exists (
    select from pg_constraint k
    where k.conrelid = 'public."TbSensorRegistro"'::regclass and k.convalidated
      and k.confrelid = 'public."TbPosicao"'::regclass
  ) then
    insert into conversao."TbConversaoOrfa"
    select r."cdDispositivo", r."cdSensor", r."cdPosicao", r."dtRegistro"
    from public."TbSensorRegistro" r
    where not exists (select from public."TbPosicao" p where p."cdPosicao" = r."cdPosicao")
    on conflict do nothing;
    get diagnostics v_found = row_count;
  end if;
  update conversao."TbConversao" set "blOrfas" = true;
  return v_found;
end
$$;
comment on function conversao.list_orphans is 'Lists the readings without a position; returns how many.';

-- Rows without a usable time. Readings without position and time come last.
create or replace function conversao.copy_untimed(p_after bigint, p_rows integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_last bigint;
  v_done bigint;
begin
  insert into chosen_positions
  select p.* from public."TbPosicao" p
  where (p."dtRegistro" is null or p."dtRegistro" in ('infinity', '-infinity'))
    and p."cdPosicao" > p_after
  order by p."cdPosicao" limit p_rows;
  select max(p."cdPosicao") into v_last from chosen_positions p;
  if v_last is null then
    insert into chosen_readings
    select r.* from conversao."TbConversaoOrfa" o
    join public."TbSensorRegistro" r on r."cdDispositivo" = o."cdDispositivo"
      and r."cdSensor" = o."cdSensor" and r."cdPosicao" = o."cdPosicao"
    where o."dtMomento" is null or o."dtMomento" in ('infinity', '-infinity');
  end if;
  v_done := conversao.copy_chosen();
  update conversao."TbConversao"
  set "cdSemTempoAte" = coalesce(v_last, p_after), "blSemTempo" = v_last is null;
  return v_done;
end
$$;
comment on function conversao.copy_untimed is 'Judges the next old rows without time.';

-- The rows before the frontier, of one month, back to a time that leaves about so many of them.
create or replace function conversao.copy_before(p_frontier timestamp, p_rows integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_newest timestamp := (select greatest(
    (select max(p."dtRegistro") from public."TbPosicao" p
     where p."dtRegistro" < p_frontier and p."dtRegistro" > '-infinity'),
    (select max(o."dtMomento") from conversao."TbConversaoOrfa" o
     where o."dtMomento" < p_frontier and o."dtMomento" > '-infinity')));
  v_start timestamp := date_trunc('month', v_newest);
  v_from timestamp;
begin
  if v_newest is null then
    update conversao."TbConversao" set "dtFronteira" = '-infinity',
      "dtCopiada" = coalesce("dtCopiada", now());
    return null;
  end if;
  v_from := coalesce((
    select p."dtRegistro" from public."TbPosicao" p
    where p."dtRegistro" < p_frontier and p."dtRegistro" >= v_start
    order by p."dtRegistro" desc offset greatest(p_rows / conversao.rows_per_position(), 1) - 1 limit 1),
    v_start);
  insert into chosen_positions
  select p.* from public."TbPosicao" p where p."dtRegistro" >= v_from and p."dtRegistro" < p_frontier;
  insert into chosen_readings
  select r.* from conversao."TbConversaoOrfa" o
  join public."TbSensorRegistro" r on r."cdDispositivo" = o."cdDispositivo"
    and r."cdSensor" = o."cdSensor" and r."cdPosicao" = o."cdPosicao"
  where o."dtMomento" >= v_from and o."dtMomento" < p_frontier;
  update conversao."TbConversao" set "dtFronteira" = v_from;
  return conversao.copy_chosen();
end
$$;
comment on function conversao.copy_before is 'Copies the next rows before the frontier.';

-- How many rows come with a position, itself included.
create or replace function conversao.rows_per_position() returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select 1 + c."nrRegistros" / greatest(c."nrPosicoes", 1) from conversao."TbConversao" c
$$;
comment on function conversao.rows_per_position is 'Rows for each position, about, itself included.';

-- Judges, stores and counts what was chosen. Returns how many rows.
create or replace function conversao.copy_chosen() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_begin timestamptz := clock_timestamp();
  v_done bigint;
begin
  perform conversao.judge_chosen();
  with stored as (
    select coalesce(s.moment, 'infinity') as month, s.fate, s.rows from conversao.store_judged(false) s
  ), counted as (
    insert into conversao."TbConversaoMes" as m ("dtMes", "nrLevadas", "nrFundidas", "nrQuarentena",
      "nrSegundos", "dtFim")
    select s.month, coalesce(sum(s.rows) filter (where s.fate = 'carried'), 0),
           coalesce(sum(s.rows) filter (where s.fate = 'merged'), 0),
           coalesce(sum(s.rows) filter (where s.fate = 'quarantined'), 0),
           extract(epoch from clock_timestamp() - v_begin), clock_timestamp()
    from stored s group by s.month
    on conflict ("dtMes") do update set
      "nrLevadas" = m."nrLevadas" + excluded."nrLevadas",
      "nrFundidas" = m."nrFundidas" + excluded."nrFundidas",
      "nrQuarentena" = m."nrQuarentena" + excluded."nrQuarentena",
      "nrSegundos" = m."nrSegundos" + excluded."nrSegundos", "dtFim" = excluded."dtFim"
  )
  select coalesce(sum(s.rows), 0) into v_done from stored s;
  return v_done;
end
$$;
comment on function conversao.copy_chosen is 'Judges, stores and counts the chosen rows.';
