-- What becomes of some old positions and their readings: by the same SQL as in the plan, which the command
-- puts in. The rows are chosen, and their fates kept, in temporary tables of the session, which are empty
-- again after each transaction, and at the beginning of each call: several calls may share a transaction.
-- They are truncated, as deleted rows would be gone through by all later calls of the transaction.
create or replace function conversao.open_workspace() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if to_regclass('pg_temp.chosen_positions') is not null then
    if exists (select from chosen_positions) or exists (select from chosen_readings) then
      truncate chosen_positions, chosen_readings, old_positions, old_readings, kept_positions;
    end if;
    return;
  end if;
  create temporary table chosen_positions on commit delete rows as
    select p.* from public."TbPosicao" p limit 0;
  create temporary table chosen_readings on commit delete rows as
    select r.* from public."TbSensorRegistro" r limit 0;
  create temporary table old_positions (
    "cdPosicao" bigint, "dtRegistro" timestamp, "nrSeq" bigint, "cdCliente" integer,
    "dsLat" double precision, "dsLong" double precision, "cdMantida" bigint, fate text, reason text,
    "cdDispositivo" integer, "nrBat" double precision, "blArea" boolean, "nrDistancia" real,
    "cdDestinatario" integer, "cdEndereco" integer
  ) on commit delete rows;
  create temporary table old_readings (
    "cdDispositivo" integer, "cdSensor" integer, "cdPosicao" bigint, "cdMantida" bigint, moment timestamp,
    "cdCliente" integer, fate text, reason text, "nrValor" numeric, "cdProdutoItem" integer
  ) on commit delete rows;
  -- what the old table has no columns for, or cannot hold, of positions that are replaced
  create temporary table kept_positions (
    "cdPosicao" bigint, "dtRegistro" timestamp, "cdDispositivo" integer, "dsLat" double precision,
    "dsLong" double precision, "nrPrecisao" real, "nrSeq" bigint
  ) on commit delete rows;
end
$$;
comment on function conversao.open_workspace is 'Creates the temporary tables of the session.';

-- Judges what was chosen. All positions of a device and time are chosen together, and so are all readings of
-- these positions and all readings without position of the same times: whether a row is merged depends on
-- nothing else.
-- p_kept  the rows were quarantined before and are replayed: see conversao.replay_kept
create or replace function conversao.judge_chosen(p_kept boolean default false) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_now timestamp := now() at time zone 'UTC';
  v_zero_zero boolean := (select c."blZeroZero" from conversao."TbConversao" c);
begin
  if not p_kept then
    perform conversao.copy_addresses(array(
      select distinct p."cdEndereco" from chosen_positions p
      where not exists (select from conversao."VwEndereco" a where a."cdEndereco" = p."cdEndereco")));
    insert into chosen_readings
    select r.* from chosen_positions p
    cross join lateral ( -- by the index in any case: other plans read the whole table for each part
      select o.* from public."TbSensorRegistro" o where o."cdPosicao" = p."cdPosicao" offset 0) r;
  end if;
  insert into old_positions
  with old_addresses as (
    select a.* from conversao."VwEndereco" a
  )
  select judged.* from (
{positions}
  ) judged;
  if p_kept then
    perform conversao.compare_positions();
  end if;
  insert into old_readings
{readings};
end
$$;
comment on function conversao.judge_chosen is 'Judges the chosen old rows.';
