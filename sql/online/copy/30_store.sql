-- Writes what was judged: carried rows into the new tables, the others into TbConversaoLinha. Positions keep
-- their codes; area and distance are those recorded then. Owner is who owns the device now.
-- p_again  some of it may be there already, and then is the same: see conversao.forget_changed
create or replace function conversao.store_judged(p_again boolean)
returns table (fate text, moment timestamp, rows bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform conversao.open_months(array(
    select date_trunc('month', p."dtRegistro") from old_positions p where p.fate = 'carried'
    union select date_trunc('month', r.moment) from old_readings r where r.fate = 'carried'));
  -- the triggers need not look at every row: hours are marked, and addresses recorded, in one go
  perform set_config('rastro.dirty_marking', 'in bulk', true);
  perform set_config('rastro.address_links', 'in bulk', true);
  perform set_config('rastro.current_positions',
                     case when conversao.are_history() then 'are later' else '' end, true);
  insert into series."TbPosicao" (
    "cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo", "cdCliente", "nrSeq",
    "cdDestinatario", "cdEndereco", "nrDistancia", "blArea", "nrPrecisao")
  select o."cdPosicao", o."dtRegistro", o."dsLat", o."dsLong", o."nrBat", o."cdDispositivo", o."cdCliente",
         coalesce(o."nrSeq", k."nrSeq"), o."cdDestinatario", o."cdEndereco", o."nrDistancia", o."blArea",
         case when (k."dsLat", k."dsLong") is not distinct from (o."dsLat", o."dsLong")
           then k."nrPrecisao" end
  from old_positions o
  left join kept_positions k on k."cdPosicao" = o."cdPosicao" and k."dtRegistro" = o."dtRegistro"
    and k."cdDispositivo" = o."cdDispositivo"
  where o.fate = 'carried' and not (p_again and exists (
    select from series."TbPosicao" s
    where s."cdPosicao" = o."cdPosicao" and s."dtRegistro" = o."dtRegistro"))
  order by o."cdDispositivo", o."dtRegistro";
  insert into series."TbSensorRegistro" (
    "dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente", "cdProdutoItem")
  select o.moment, o."nrValor", o."cdMantida", o."cdSensor", o."cdDispositivo", o."cdCliente",
         o."cdProdutoItem"
  from old_readings o
  where o.fate = 'carried' and not (p_again and exists (
    select from series."TbSensorRegistro" s
    where s."cdSensor" = o."cdSensor" and s."dtRegistro" = o.moment and s."cdCliente" = o."cdCliente"))
  order by o."cdSensor", o.moment;
  perform set_config('rastro.dirty_marking', '', true);
  perform set_config('rastro.address_links', '', true);
  perform set_config('rastro.current_positions', '', true);
  perform conversao.keep_others();
  perform conversao.link_carried();
  perform conversao.mark_carried();
  return query
    select j.fate, date_trunc('month', j.moment), count(*)
    from (select p.fate, p."dtRegistro" as moment from old_positions p
          union all select r.fate, r.moment from old_readings r) j
    group by 1, 2;
end
$$;
comment on function conversao.store_judged is
  'Writes the judged rows; returns how many of each fate and month.';

-- Newest first, nearly all parts of the copy are: their rows need not be sorted to find that out.
create or replace function conversao.are_history() returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  return not exists (
    select from old_positions o
    left join public."TbPosicaoAtual" a on a."cdDispositivo" = o."cdDispositivo"
    where o.fate = 'carried' and (
      a."cdCliente" = o."cdCliente" and a."dtRegistro" > o."dtRegistro"
      and (o."dsLat" is null or a."dtCoordenada" > o."dtRegistro")
      and (o."nrBat" is null or a."dtBateria" > o."dtRegistro")) is not true);
end
$$;
comment on function conversao.are_history is
  'Whether every carried position is older than what is current of its device.';

-- The hours of carried rows become dirty where maintenance has summed them up already, as by any late row.
create or replace function conversao.mark_carried() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := private.announced_watermark();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo", "cdCliente")
  select distinct date_trunc('hour', r.moment), r."cdSensor", null::integer, r."cdCliente"
  from old_readings r where r.fate = 'carried' and r.moment < v_announced
  union all
  select distinct date_trunc('hour', o."dtRegistro"), null::integer, o."cdDispositivo", null::integer
  from old_positions o
  where o.fate = 'carried' and o."dtRegistro" < v_announced;
end
$$;
comment on function conversao.mark_carried is 'Marks the hours of carried rows as dirty.';

-- Old rows that are not carried.
create or replace function conversao.keep_others() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into conversao."TbConversaoLinha" ("dsTabela", "dsDestino", "dsMotivo", "cdPosicao", "cdSensor",
    "cdDispositivo", "cdMantida", "dtMomento", "jsLinha")
  select 'TbPosicao', o.fate, o.reason, o."cdPosicao", null, p."cdDispositivo", o."cdMantida",
         o."dtRegistro", to_jsonb(p)
  from old_positions o join chosen_positions p on p."cdPosicao" = o."cdPosicao"
  where o.fate <> 'carried'
  union all
  select 'TbSensorRegistro', o.fate, o.reason, o."cdPosicao", o."cdSensor", o."cdDispositivo",
         o."cdMantida", o.moment, to_jsonb(r)
  from old_readings o
  join chosen_readings r on r."cdPosicao" = o."cdPosicao" and r."cdSensor" = o."cdSensor"
    and r."cdDispositivo" = o."cdDispositivo"
  where o.fate <> 'carried';
end
$$;
comment on function conversao.keep_others is 'Keeps the judged rows that are not carried.';

-- What carried rows point to cannot be deleted: the links are those that ingestion would have made.
create or replace function conversao.link_carried() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  select l.* from (
    select distinct o."cdSensor", o."cdDispositivo", o."cdProdutoItem" from old_readings o
    where o.fate = 'carried') l
  where not exists (
    select from public."TbSensorVinculo" v
    where v."cdSensor" = l."cdSensor" and v."cdDispositivo" = l."cdDispositivo"
      and v."cdProdutoItem" is not distinct from l."cdProdutoItem")
  on conflict do nothing;
  insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
  select l.* from (
    select d."cdDispositivo", d."cdCliente", t."cdDestinatario"
    from (select distinct o."cdDispositivo", o."cdCliente", o."cdDestinatario" from old_positions o
          where o.fate = 'carried') d
    left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario") l
  where not exists (
    select from public."TbDispositivoVinculo" v
    where v."cdDispositivo" = l."cdDispositivo" and v."cdCliente" = l."cdCliente"
      and v."cdDestinatario" is not distinct from l."cdDestinatario")
  on conflict do nothing;
  insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
  select l.* from (
    select distinct o."cdEndereco", o."cdCliente" from old_positions o
    where o.fate = 'carried' and o."cdEndereco" is not null) l
  where not exists (
    select from public."TbEnderecoVinculo" v
    where v."cdEndereco" = l."cdEndereco" and v."cdCliente" = l."cdCliente")
  on conflict do nothing;
end
$$;
comment on function conversao.link_carried is
  'Records devices, sensors, items and addresses of carried rows.';

-- Partitions for months of old rows, of all time series; months without rows get none. History may be
-- imported from as far back from then on.
create or replace function conversao.open_months(p_months timestamp[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform private.create_partition(c.relname::text, m)
  from unnest(p_months) m
  cross join pg_class c
  where c.relnamespace = 'series'::regnamespace and c.relkind = 'p' and not private.is_open_month(m)
  order by m, c.relname;
  update private."TbConfiguracao" c set "nrMesesImportacao" = x.months
  from (
    select max(12 * (extract(year from now() at time zone 'UTC') - extract(year from m))
               + extract(month from now() at time zone 'UTC') - extract(month from m))::integer as months
    from unnest(p_months) m
  ) x
  where x.months > c."nrMesesImportacao";
end
$$;
comment on function conversao.open_months is 'Creates the missing partitions of months.';
