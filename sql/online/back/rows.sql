-- Carries what was written to the new tables into the old ones, so many keys of it; returns how many. What
-- the old tables cannot hold stays in the new ones, and is noted: text and boolean values, values without a
-- position, values of ten million and more. Those with more than three decimals are rounded there.
create or replace function conversao.return_rows(p_limit integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_keys conversao."TbConversaoVolta"[];
begin
  with taken as (
    delete from conversao."TbConversaoVolta" v where v."cdVolta" in (
      select o."cdVolta" from conversao."TbConversaoVolta" o order by o."cdVolta" limit p_limit)
    returning v.*
  )
  select array_agg(t) into v_keys from taken t;
  if v_keys is null then
    return 0;
  end if;
  perform conversao.return_addresses(v_keys);
  perform conversao.return_positions(v_keys);
  perform conversao.return_readings(v_keys);
  return cardinality(v_keys);
end
$$;
comment on function conversao.return_rows is 'Carries rows of the new tables into the old ones.';

create or replace function conversao.text_kept(p_old text, p_new text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when left(p_old, 255) = p_new then p_old else p_new end
$$;
comment on function conversao.text_kept is 'The old text, unless another one was written since.';

-- Addresses that were written since. Text that is the same as far as the new table tells stays as it is. One
-- that was deleted since is deleted, unless an old position refers to it: there it stays, as it says where
-- the position was, and is noted, so that the next switch deletes it. Then an address for each place where a
-- position has none: in the old system a place is an address.
create or replace function conversao.return_addresses(p_keys conversao."TbConversaoVolta"[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  with chosen_addresses as (
    select o.* from legado."TbEndereco" o
    where o."cdEndereco" in (select k."cdEndereco" from unnest(p_keys) k)
  ), old_addresses as (
{addresses}
  ), written as (
    select e.*, o."cdEndereco" is not null
             and (o."dsLat", o."dsLong") is not distinct from (e."dsLat", e."dsLong") as is_place
    from public."TbEnderecoAtual" e
    left join old_addresses o on o."cdEndereco" = e."cdEndereco"
    where e."cdEndereco" in (select k."cdEndereco" from unnest(p_keys) k)
  )
  insert into legado."TbEndereco" as a ("cdEndereco", "dsLogradouro", "nrNumero", "dsComplemento",
    "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat", "dsLong", "dtRegistro")
  select w."cdEndereco", conversao.text_kept(c."dsLogradouro", w."dsLogradouro"),
         conversao.text_kept(c."nrNumero", w."nrNumero"),
         conversao.text_kept(c."dsComplemento", w."dsComplemento"),
         conversao.text_kept(c."dsBairro", w."dsBairro"), conversao.text_kept(c."dsCep", w."dsCep"),
         conversao.text_kept(c."dsCidade", w."dsCidade"), conversao.text_kept(c."dsUF", w."dsUF"),
         case when w.is_place then c."dsLat" else conversao.old_text(w."dsLat") end,
         case when w.is_place then c."dsLong" else conversao.old_text(w."dsLong") end, w."dtRegistro"
  from written w left join chosen_addresses c on c."cdEndereco" = w."cdEndereco"
  on conflict ("cdEndereco") do update set (
    "dsLogradouro", "nrNumero", "dsComplemento", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat", "dsLong",
    "dtRegistro") = (
    select excluded."dsLogradouro", excluded."nrNumero", excluded."dsComplemento", excluded."dsBairro",
           excluded."dsCep", excluded."dsCidade", excluded."dsUF", excluded."dsLat", excluded."dsLong",
           excluded."dtRegistro");
  perform conversao.return_deleted_addresses(array(
    select distinct k."cdEndereco" from unnest(p_keys) k
    where k."cdEndereco" is not null
      and not exists (select from public."TbEndereco" e where e."cdEndereco" = k."cdEndereco")));
  insert into legado."TbEndereco" ("cdEndereco", "dsLat", "dsLong")
  select nextval('public."TbEndereco_cdEndereco_seq"'), n.lat, n.long
  from (
    select distinct conversao.old_text(p."dsLat") as lat, conversao.old_text(p."dsLong") as long
    from unnest(p_keys) k
    join series."TbPosicao" p on p."cdPosicao" = k."cdPosicao" and p."dtRegistro" = k."dtRegistro"
    where k."cdSensor" is null and p."dsLat" is not null
      and not exists (select from legado."TbEndereco" o where o."cdEndereco" = p."cdEndereco")
  ) n
  where not exists (
    select from legado."TbEndereco" o where o."dsLat" = n.lat and o."dsLong" = n.long);
end
$$;
comment on function conversao.return_addresses is
  'Makes the addresses that positions need in the old tables.';

create or replace function conversao.return_deleted_addresses(p_codes integer[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  delete from legado."TbEndereco" o
  where o."cdEndereco" = any (p_codes)
    and not exists (select from legado."TbPosicao" p where p."cdEndereco" = o."cdEndereco");
  insert into conversao."TbConversaoApagado"
  select o."cdEndereco" from legado."TbEndereco" o where o."cdEndereco" = any (p_codes)
  on conflict do nothing;
end
$$;
comment on function conversao.return_deleted_addresses is
  'Deletes addresses from the old table that nothing there refers to; notes the others.';

create or replace function conversao.return_positions(p_keys conversao."TbConversaoVolta"[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into legado."TbPosicao" as o ("cdPosicao", "nrBat", "nrSeq", "cdDispositivo", "blArea",
    "nrDistancia",
    "dtRegistro", "cdDestinatario", "cdEndereco")
  select distinct on (p."cdPosicao") p."cdPosicao", p."nrBat",
         case when p."nrSeq" between -2147483648 and 2147483647 then p."nrSeq" end, p."cdDispositivo",
         p."blArea", p."nrDistancia", p."dtRegistro", t."cdDestinatario", coalesce(e."cdEndereco", a.code)
  from unnest(p_keys) k
  join series."TbPosicao" p on p."cdPosicao" = k."cdPosicao" and p."dtRegistro" = k."dtRegistro"
  left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
  left join legado."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
  left join lateral (
    select min(x."cdEndereco") as code from legado."TbEndereco" x
    where x."dsLat" = conversao.old_text(p."dsLat") and x."dsLong" = conversao.old_text(p."dsLong")) a on true
  where k."cdSensor" is null
  on conflict ("cdPosicao") do update set (
    "nrBat", "nrSeq", "blArea", "nrDistancia", "cdDestinatario", "cdEndereco") = (
    select excluded."nrBat", excluded."nrSeq", excluded."blArea", excluded."nrDistancia",
           excluded."cdDestinatario", coalesce(o."cdEndereco", excluded."cdEndereco"));
end
$$;
comment on function conversao.return_positions is 'Carries positions into the old table.';

create or replace function conversao.return_readings(p_keys conversao."TbConversaoVolta"[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  delete from legado."TbSensorRegistro" o using unnest(p_keys) k
  where o."cdSensor" = k."cdSensor" and o."cdPosicao" = k."cdPosicao"
    and o."cdDispositivo" = k."cdDispositivo";
  delete from legado."TbPosicao" o using unnest(p_keys) k
  where o."cdPosicao" = k."cdPosicao" and k."cdSensor" is null
    and not exists (select from series."TbPosicao" p
                    where p."cdPosicao" = k."cdPosicao" and p."dtRegistro" = k."dtRegistro")
    and not exists (select from legado."TbSensorRegistro" r where r."cdPosicao" = o."cdPosicao");
  delete from conversao."TbConversaoAlem" b using unnest(p_keys) k
  where b."cdSensor" = k."cdSensor" and b."dtRegistro" = k."dtRegistro" and b."cdCliente" = k."cdCliente";
  with present as (
    select distinct on (r."cdSensor", r."dtRegistro", r."cdCliente") r.*, i."cdProdutoItem" as item,
           case when r."nrValor" is null then 'text or boolean'
                when o."cdPosicao" is null then 'without a position'
                when not abs(r."nrValor") < 9999999.9995 then 'too large'
                when round(r."nrValor"::numeric, 3)::double precision <> r."nrValor" then 'rounded'
           end as reason
    from unnest(p_keys) k
    join series."TbSensorRegistro" r on r."cdSensor" = k."cdSensor" and r."dtRegistro" = k."dtRegistro"
      and r."cdCliente" = k."cdCliente"
    left join legado."TbPosicao" o on o."cdPosicao" = r."cdPosicao"
    left join public."TbProdutoItem" i on i."cdProdutoItem" = r."cdProdutoItem"
  ), beyond as (
    insert into conversao."TbConversaoAlem"
    select p."cdSensor", p."dtRegistro", p."cdCliente", p.reason from present p where p.reason is not null
  )
  insert into legado."TbSensorRegistro" (
    "cdDispositivo", "cdSensor", "cdPosicao", "cdProdutoItem", "nrValor", "dtRegistro")
  select p."cdDispositivo", p."cdSensor", p."cdPosicao", p.item, round(p."nrValor"::numeric, 3),
    p."dtRegistro"
  from present p where coalesce(p.reason, 'rounded') = 'rounded'
  on conflict do nothing;
end
$$;
comment on function conversao.return_readings is 'Carries values into the old table.';
