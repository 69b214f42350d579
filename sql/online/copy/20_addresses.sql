-- Addresses become rows of the new table, which is built beside the old one. What cannot be kept, text that
-- is not a pair of coordinates or is too long, is noted as a migration notes it. Idempotent: an address that
-- changed is brought up to date, one that is gone is deleted.
-- p_codes  which ones
create or replace function conversao.copy_addresses(p_codes integer[], p_again boolean default false)
returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_codes integer[] := array(
    select c from unnest(p_codes) c
    where p_again or not exists (select from conversao."TbEndereco" a where a."cdEndereco" = c));
begin
  if cardinality(v_codes) = 0 then
    return 0;
  end if;
  if p_again then
    delete from private."TbConversaoAviso" v
    where v."dsTabela" = 'TbEndereco' and v."cdLinha" = any (v_codes::text[]);
    delete from conversao."TbEndereco" a where a."cdEndereco" = any (v_codes)
      and not exists (select from public."TbEndereco" e where e."cdEndereco" = a."cdEndereco");
  end if;
  with chosen_addresses as (
    select e.* from public."TbEndereco" e where e."cdEndereco" = any (v_codes)
  ), old_addresses as (
{addresses}
  ), noted as (
    insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
    select 'TbEndereco', a."cdEndereco", jsonb_build_object('dsLat', e."dsLat", 'dsLong', e."dsLong"),
           'not a pair of coordinates: dsLat and dsLong set to null'
    from old_addresses a join chosen_addresses e on e."cdEndereco" = a."cdEndereco"
    where a.is_unreadable
    union all
    select 'TbEndereco', e."cdEndereco", x.texts, 'longer than 255 characters: shortened'
    from chosen_addresses e
    cross join lateral (
      select jsonb_object_agg(t.key, t.value) as texts
      from jsonb_each_text(to_jsonb(e)) t
      where char_length(t.value) > 255 and t.key not in ('dsLat', 'dsLong')
    ) x
    where x.texts is not null
  )
  insert into conversao."TbEndereco" as a ("cdEndereco", "dsLogradouro", "nrNumero", "dsComplemento",
    "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat", "dsLong", "dtRegistro")
  select e."cdEndereco", left(e."dsLogradouro", 255), left(e."nrNumero", 255), left(e."dsComplemento", 255),
         left(e."dsBairro", 255), left(e."dsCep", 255), left(e."dsCidade", 255), left(e."dsUF", 255),
         o."dsLat", o."dsLong", e."dtRegistro"
  from chosen_addresses e join old_addresses o on o."cdEndereco" = e."cdEndereco"
  order by e."cdEndereco"
  on conflict ("cdEndereco") do update set (
    "dsLogradouro", "nrNumero", "dsComplemento", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat", "dsLong",
    "dtRegistro") = (
    select excluded."dsLogradouro", excluded."nrNumero", excluded."dsComplemento", excluded."dsBairro",
           excluded."dsCep", excluded."dsCidade", excluded."dsUF", excluded."dsLat", excluded."dsLong",
           excluded."dtRegistro");
  return cardinality(v_codes);
end
$$;
comment on function conversao.copy_addresses is 'Copies addresses that are new, or all of them again.';

-- The next addresses by code. Returns how many; 0 when all are copied.
create or replace function conversao.copy_next_addresses(p_limit integer) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_codes integer[] := array(
    select e."cdEndereco" from public."TbEndereco" e
    where e."cdEndereco" > (select c."cdEnderecoAte" from conversao."TbConversao" c)
    order by e."cdEndereco" limit p_limit);
begin
  if cardinality(v_codes) > 0 then
    perform conversao.copy_addresses(v_codes);
    update conversao."TbConversao" set "cdEnderecoAte" = v_codes[cardinality(v_codes)];
  end if;
  return cardinality(v_codes);
end
$$;
comment on function conversao.copy_next_addresses is
  'Copies the next addresses, in the order of their codes.';
