-- Carries again what was written to the old tables since it was copied, one transaction: as many noted
-- changes as given. Changes before the frontier are dropped, as their rows will be copied anyway. Idempotent.
-- Returns how many changes it took, and how many rows of devices that changed hands it noted for the next
-- calls; 0 when there are none.
create or replace function conversao.carry_changes(p_limit integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state conversao."TbConversao";
  v_taken bigint;
begin
  perform conversao.open_workspace();
  perform conversao.open_changes();
  select c.* into strict v_state from conversao."TbConversao" c for update;
  if not v_state."blSemTempo" then
    return 0; -- nothing is carried yet
  end if;
  with taken as (
    delete from conversao."TbConversaoMudanca" m
    where m."cdMudanca" in (
      select n."cdMudanca" from conversao."TbConversaoMudanca" n order by n."cdMudanca" limit p_limit)
    returning m.*
  )
  insert into changes select t."dsTabela", t."cdChave", t."cdSensor", t."dtMomento" from taken t;
  get diagnostics v_taken = row_count;
  if v_taken > 0 then
    v_taken := v_taken + conversao.note_changed_owners();
    perform conversao.carry_changed_addresses();
    perform conversao.choose_changed(v_state."dtFronteira");
    perform conversao.judge_chosen();
    perform conversao.forget_changed();
    perform conversao.store_judged(true);
  end if;
  return v_taken;
end
$$;
comment on function conversao.carry_changes is 'Carries changed old rows again; returns how many changes.';

create or replace function conversao.open_changes() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if to_regclass('pg_temp.changes') is not null then
    if exists (select from changes) or exists (select from touched) then
      truncate changes, touched, touched_sensors, touched_orphans;
    end if;
    return;
  end if;
  create temporary table changes (
    "dsTabela" text, "cdChave" bigint, "cdSensor" integer, "dtMomento" timestamp) on commit delete rows;
  -- positions by code, at every time that they had or have, and the sensors of their readings
  create temporary table touched ("cdPosicao" bigint, moment timestamp) on commit delete rows;
  create temporary table touched_sensors ("cdPosicao" bigint, "cdSensor" integer) on commit delete rows;
  create temporary table touched_orphans ("cdSensor" integer, moment timestamp) on commit delete rows;
end
$$;
comment on function conversao.open_changes is 'Creates the temporary tables for changes.';

-- Devices that changed hands: their rows that were carried for another client are to be carried again. They
-- may be many, so they are noted as changes of their own. Returns how many.
create or replace function conversao.note_changed_owners() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_devices integer[] := array(
    select distinct c."cdChave"::integer from changes c where c."dsTabela" = 'TbDispositivo');
  v_noted bigint := 0;
begin
  delete from changes c where c."dsTabela" = 'TbDispositivo';
  if cardinality(v_devices) > 0 then
    insert into conversao."TbConversaoMudanca" ("dsTabela", "cdChave", "cdSensor", "dtMomento")
    select 'TbPosicao', s."cdPosicao", null::integer, s."dtRegistro"
    from series."TbPosicao" s
    join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
    where s."cdDispositivo" = any (v_devices) and s."cdCliente" is distinct from d."cdCliente"
      and exists (select from public."TbPosicao" p where p."cdPosicao" = s."cdPosicao")
    union all
    select 'TbSensorRegistro', o."cdPosicao", o."cdSensor", o."dtMomento"
    from conversao."TbConversaoOrfa" o where o."cdDispositivo" = any (v_devices);
    get diagnostics v_noted = row_count;
  end if;
  return v_noted;
end
$$;
comment on function conversao.note_changed_owners is 'Notes the carried rows of devices that changed hands.';

-- Positions take their coordinates from an address: when those changed, its positions are carried again as
-- well.
create or replace function conversao.carry_changed_addresses() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_codes integer[] := array(
    select distinct c."cdChave"::integer from changes c
    join conversao."TbEndereco" a on a."cdEndereco" = c."cdChave"
    where c."dsTabela" = 'TbEndereco');
  v_before jsonb;
  v_moved integer[];
begin
  perform conversao.copy_addresses(array(
    select distinct c."cdChave"::integer from changes c where c."dsTabela" = 'TbEndereco'
      and not c."cdChave" = any (v_codes)));
  delete from conversao."TbConversaoApagado" d -- written again
  where d."cdEndereco" in (select c."cdChave" from changes c where c."dsTabela" = 'TbEndereco');
  if cardinality(v_codes) = 0 then
    return;
  end if;
  v_before := (select jsonb_object_agg(a."cdEndereco", jsonb_build_array(a."dsLat", a."dsLong"))
               from conversao."TbEndereco" a where a."cdEndereco" = any (v_codes));
  perform conversao.copy_addresses(v_codes, true);
  v_moved := array(
    select c from unnest(v_codes) c left join conversao."TbEndereco" a on a."cdEndereco" = c
    where v_before -> c::text is distinct from jsonb_build_array(a."dsLat", a."dsLong"));
  if cardinality(v_moved) > 0 then -- the old table has no index on addresses, and this may be under locks
    insert into changes
    select 'TbPosicao', s."cdPosicao", null::integer, s."dtRegistro"
    from series."TbPosicao" s where s."cdEndereco" = any (v_moved)
    union all
    select 'TbPosicao', l."cdPosicao", null::integer, l."dtMomento"
    from conversao."TbConversaoLinha" l
    where l."dsTabela" = 'TbPosicao' and (l."jsLinha" ->> 'cdEndereco')::integer = any (v_moved);
  end if;
end
$$;
comment on function conversao.carry_changed_addresses is 'Copies changed addresses again.';

-- All old rows whose fate may have changed: those of every time that a changed row had or has.
create or replace function conversao.choose_changed(p_frontier timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_codes bigint[] := array(
    select distinct c."cdChave" from changes c where c."dsTabela" in ('TbPosicao', 'TbSensorRegistro'));
  v_moments timestamp[];
begin
  insert into touched_orphans
  select o."cdSensor", o."dtMomento" from conversao."TbConversaoOrfa" o where o."cdPosicao" = any (v_codes);
  delete from conversao."TbConversaoOrfa" o where o."cdPosicao" = any (v_codes);
  insert into conversao."TbConversaoOrfa"
  select r."cdDispositivo", r."cdSensor", r."cdPosicao", r."dtRegistro"
  from public."TbSensorRegistro" r
  where r."cdPosicao" = any (v_codes)
    and not exists (select from public."TbPosicao" p where p."cdPosicao" = r."cdPosicao");
  insert into touched
  select c."cdChave", c."dtMomento" from changes c where c."dsTabela" in ('TbPosicao', 'TbSensorRegistro')
  union
  select p."cdPosicao", p."dtRegistro" from public."TbPosicao" p where p."cdPosicao" = any (v_codes)
  union
  select o."cdPosicao", o."dtMomento" from conversao."TbConversaoOrfa" o where o."cdPosicao" = any (v_codes);
  v_moments := array(
    select distinct t.moment from touched t where t.moment >= p_frontier and isfinite(t.moment)
    union
    select o.moment from touched_orphans o where o.moment >= p_frontier and isfinite(o.moment));
  insert into chosen_positions
  select p.* from public."TbPosicao" p where p."dtRegistro" = any (v_moments)
  union
  select p.* from public."TbPosicao" p
  where p."cdPosicao" = any (v_codes) and (p."dtRegistro" is null or not isfinite(p."dtRegistro"));
  insert into chosen_readings
  select r.* from public."TbSensorRegistro" r
  join conversao."TbConversaoOrfa" o on o."cdDispositivo" = r."cdDispositivo"
    and o."cdSensor" = r."cdSensor" and o."cdPosicao" = r."cdPosicao"
  where o."dtMomento" = any (v_moments)
    or o."cdPosicao" = any (v_codes) and (o."dtMomento" is null or not isfinite(o."dtMomento"));
  insert into touched select p."cdPosicao", p."dtRegistro" from chosen_positions p;
  insert into touched select r."cdPosicao", r."dtRegistro" from chosen_readings r;
  insert into touched_sensors
  select r."cdPosicao", r."cdSensor" from public."TbSensorRegistro" r
  where r."cdPosicao" in (select t."cdPosicao" from touched t)
  union
  select c."cdChave", c."cdSensor" from changes c where c."cdSensor" is not null;
  insert into touched_orphans
  select r."cdSensor", r."dtRegistro" from chosen_readings r where isfinite(r."dtRegistro");
end
$$;
comment on function conversao.choose_changed is 'Chooses the old rows whose fate may have changed.';

-- Takes back what was carried of touched rows and is no longer so. What a way back could not bring into the
-- old tables, or rounded there, is not missing or different for that reason. A position that goes may have
-- been the current one of its device, which is then found anew.
create or replace function conversao.forget_changed() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_devices integer[];
begin
  -- without, a few rows are taken for tens of thousands, and all values there are are read for them
  analyze touched, touched_sensors, touched_orphans, old_positions, old_readings;
  delete from conversao."TbConversaoLinha" l
  using (
    select c."cdChave" as code from changes c where c."dsTabela" <> 'TbEndereco'
    union select p."cdPosicao" from chosen_positions p
  ) c
  where l."cdPosicao" = c.code;
  delete from conversao."TbConversaoLinha" l -- without position: a code may have some of another time
  using chosen_readings r
  where l."cdPosicao" = r."cdPosicao" and l."cdSensor" = r."cdSensor"
    and l."cdDispositivo" = r."cdDispositivo";
  with gone as (
    delete from series."TbPosicao" s
    using (select distinct t."cdPosicao", t.moment from touched t) t
    where s."cdPosicao" = t."cdPosicao" and s."dtRegistro" = t.moment and not exists (
      select from old_positions o
      join chosen_positions p on p."cdPosicao" = o."cdPosicao"
      left join conversao."VwEndereco" a on a."cdEndereco" = p."cdEndereco"
      where o.fate = 'carried' and o."cdPosicao" = s."cdPosicao" and o."dtRegistro" = s."dtRegistro"
        and (s."dsLat", s."dsLong", s."nrBat", s."cdDispositivo", s."cdCliente", s."nrSeq",
             s."cdDestinatario", s."cdEndereco", s."nrDistancia", s."blArea")
          is not distinct from
            (o."dsLat", o."dsLong", p."nrBat", p."cdDispositivo", o."cdCliente", p."nrSeq"::bigint,
             p."cdDestinatario", a."cdEndereco", p."nrDistancia", p."blArea"))
    returning s.*
  ), kept as (
    insert into kept_positions
    select g."cdPosicao", g."dtRegistro", g."cdDispositivo", g."dsLat", g."dsLong", g."nrPrecisao",
           case when g."nrSeq" not between -2147483648 and 2147483647 then g."nrSeq" end
    from gone g
  )
  select array_agg(distinct g."cdDispositivo") into v_devices from gone g;
  perform conversao.forget_changed_readings();
  perform conversao.renew_current_positions(v_devices);
end
$$;
comment on function conversao.forget_changed is 'Deletes carried rows whose old rows changed.';

create or replace function conversao.forget_changed_readings() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  with gone as (
    delete from series."TbSensorRegistro" s
    using ( -- of merged positions, too, whose readings were carried for another position of the same time
      select u."cdSensor", t.moment, false as is_orphan
      from touched t join touched_sensors u on u."cdPosicao" = t."cdPosicao"
      union
      select o."cdSensor", o.moment, true from touched_orphans o
    ) t
    where s."cdSensor" = t."cdSensor" and s."dtRegistro" = t.moment and s."nrValor" is not null
      and case when t.is_orphan then s."cdPosicao" is null
               else s."cdPosicao" in (select u."cdPosicao" from touched u) end
      and not exists (
        select from old_readings o
        join chosen_readings r on r."cdPosicao" = o."cdPosicao" and r."cdSensor" = o."cdSensor"
          and r."cdDispositivo" = o."cdDispositivo"
        left join public."TbProdutoItem" i on i."cdProdutoItem" = r."cdProdutoItem"
        where o.fate = 'carried' and o."cdSensor" = s."cdSensor" and o.moment = s."dtRegistro"
          and (s."cdPosicao", s."cdDispositivo", s."cdCliente", s."cdProdutoItem") is not distinct from
              (o."cdMantida", r."cdDispositivo", o."cdCliente", i."cdProdutoItem")
          and (s."nrValor" = r."nrValor"::double precision
               or conversao.is_beyond(s, 'rounded') and round(s."nrValor"::numeric, 3) = r."nrValor"))
      and not (conversao.is_beyond(s, 'too large', 'without a position') and not exists (
        select from old_readings o
        where o.fate = 'carried' and o."cdSensor" = s."cdSensor" and o.moment = s."dtRegistro"))
    returning s."cdSensor", s."dtRegistro", s."cdCliente"
  )
  delete from conversao."TbConversaoAlem" b using gone g
  where b."cdSensor" = g."cdSensor" and b."dtRegistro" = g."dtRegistro" and b."cdCliente" = g."cdCliente";
end
$$;
comment on function conversao.forget_changed_readings is 'Deletes carried values whose old rows changed.';

create or replace function conversao.is_beyond(
  p_row series."TbSensorRegistro", variadic p_reasons text[]) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from conversao."TbConversaoAlem" b
    where b."cdSensor" = p_row."cdSensor" and b."dtRegistro" = p_row."dtRegistro"
      and b."cdCliente" = p_row."cdCliente" and b."dsMotivo" = any (p_reasons))
$$;
comment on function conversao.is_beyond is
  'Whether a way back noted the value as one that the old tables cannot hold.';

-- The current positions of devices that lost a row: the trigger that keeps them is given what is newest,
-- newest with coordinates and newest with battery once more.
create or replace function conversao.renew_current_positions(p_devices integer[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if p_devices is null then
    return;
  end if;
  delete from public."TbPosicaoAtual" a where a."cdDispositivo" = any (p_devices);
  with newest as (
    select distinct n."cdPosicao", n."dtRegistro"
    from unnest(p_devices) as d(code)
    cross join (values (0), (1), (2)) as k(kind)
    cross join lateral (
      select s."cdPosicao", s."dtRegistro" from series."TbPosicao" s
      where s."cdDispositivo" = d.code and (k.kind <> 1 or s."dsLat" is not null)
        and (k.kind <> 2 or s."nrBat" is not null)
      order by s."dtRegistro" desc, s."nrSeq" desc nulls last limit 1
    ) n
  ), again as (
    delete from series."TbPosicao" s using newest n
    where s."cdPosicao" = n."cdPosicao" and s."dtRegistro" = n."dtRegistro"
    returning s.*
  )
  insert into series."TbPosicao" select a.* from again a;
end
$$;
comment on function conversao.renew_current_positions is 'Finds the current positions of devices anew.';
