-- What the migrations found that cannot be kept, and what they made of it: for the way back. Then addresses
-- that were deleted before a way back, which could not leave the old table.
do $$
declare
  v_one record;
begin
  insert into conversao."TbConversaoAntes" ("dsTabela", "jsChave", "dsColuna", "jsAntes")
  select t.name, jsonb_build_object(t.key, a."cdLinha"), v.key, jsonb_build_object(v.key, v.value)
  from private."TbConversaoAviso" a
  cross join lateral (
    select c.oid::regclass::text as name,
           case c.relname when 'TbMunicipio' then 'cdMunicipioIBGE' else k.attname end as key
    from pg_catalog.pg_class c
    join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
    join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attnum = i.indkey[0]
    where c.relname = a."dsTabela"
      and c.relnamespace in ('public'::regnamespace, 'inventario'::regnamespace)) t
  cross join lateral jsonb_each(a."dsAntes") v
  where a."dtRegistro" = now() and a."dsMotivo" not like '%: this one removed'
    and a."dsTabela" not in ('TbEndereco', 'TbApiKeys') and v.key <> 'nrRaio';
  insert into conversao."TbConversaoAntes" ("dsTabela", "jsAntes")
  select format('public.%I', a."dsTabela"), a."dsAntes"
  from private."TbConversaoAviso" a
  where a."dtRegistro" = now() and a."dsMotivo" like '%: this one removed';
  for v_one in
    select b."dsTabela" as name, b."dsColuna" as column, k.key,
           format_type(a.atttypid, a.atttypmod) as type
    from (select distinct "dsTabela", "dsColuna", (select min(j) from jsonb_object_keys("jsChave") j) as key
          from conversao."TbConversaoAntes" where "jsChave" is not null) k
    join (select distinct "dsTabela", "dsColuna" from conversao."TbConversaoAntes") b
      on b."dsTabela" = k."dsTabela" and b."dsColuna" = k."dsColuna"
    join pg_catalog.pg_attribute a on a.attrelid = b."dsTabela"::regclass and a.attname = k.key
  loop
    execute format(
      'update conversao."TbConversaoAntes" b set "jsDepois" = jsonb_build_object(%2$L, t.%2$I) from %1$s t '
      'where b."dsTabela" = %3$L and b."dsColuna" = %2$L and t.%4$I = (b."jsChave" ->> %4$L)::%5$s',
      v_one.name, v_one.column, v_one.name, v_one.key, v_one.type);
  end loop;
  insert into conversao."TbConversaoAntes" ("dsTabela", "jsChave", "dsColuna", "jsAntes") -- added by it
  select 'public."TbTipoSensor"', jsonb_build_object('id', t.id), '+', to_jsonb(t)
  from public."TbTipoSensor" t where not exists (
    select from conversao."TbConversaoAntes" b
    where b."dsTabela" = 'public."TbTipoSensor"' and (b."jsChave" ->> 'id')::bigint = t.id);
  delete from conversao."TbConversaoAntes" b where b."jsAntes" = b."jsDepois" and b."dsColuna" <> 'nrRaio';
  delete from private."TbConversaoAviso" a using private."TbConversaoAviso" n -- of a switch before
  where a."cdAviso" < n."cdAviso" and n."dtRegistro" = now()
    and (a."dsTabela", a."cdLinha", a."dsAntes", a."dsMotivo")
      = (n."dsTabela", n."cdLinha", n."dsAntes", n."dsMotivo");
  for v_one in select d."cdEndereco" as code from conversao."TbConversaoApagado" d loop
    begin
      delete from public."TbEndereco" e where e."cdEndereco" = v_one.code;
    exception when foreign_key_violation or sqlstate 'PT409' then
      null; -- somebody refers to it again
    end;
  end loop;
  delete from conversao."TbConversaoApagado";
end
$$;
