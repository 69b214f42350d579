-- Addresses as the legacy application knows them: coordinates are text, and may be anything. PostgREST writes
-- the types of columns into its requests, and goes on for a while with those that it read before the switch;
-- text does not become a number by itself. So until the conversion is finished the name is a view's, and the
-- table is called TbEnderecoAtual: our own functions that name it, or are told its name, are changed so.
-- Security definer: who inserts has no rights on schema conversao.
do $$
declare
  v_function text;
begin
  for v_function in
    select case when p.prosrc ~ 'tg_table_name'
      then replace(d.definition, 'tg_table_name',
                   $mark$replace(tg_table_name, 'TbEnderecoAtual', 'TbEndereco')$mark$)
      else regexp_replace(d.definition, '(["''])TbEndereco\1', '\1TbEnderecoAtual\1', 'g') end
    from pg_catalog.pg_proc p
    cross join lateral (select pg_catalog.pg_get_functiondef(p.oid) as definition offset 0) d
    where p.pronamespace = 'private'::regnamespace and p.prokind <> 'a'
      and case when p.prosrc ~ 'tg_table_name'
        then p.oid in (select t.tgfoid from pg_catalog.pg_trigger t
                       where t.tgrelid = 'public."TbEndereco"'::regclass)
        else p.prosrc ~ '(["''])TbEndereco\1' end
  loop
    execute v_function;
  end loop;
end
$$;
alter table public."TbEndereco" rename to "TbEnderecoAtual";
create view public."TbEndereco" with (security_invoker) as
select a."cdEndereco", a."dsLogradouro", a."nrNumero", a."dsComplemento", a."dsBairro", a."dsCep",
       a."dsCidade", a."dsUF", conversao.old_text(a."dsLat")::varchar(45) as "dsLat",
       conversao.old_text(a."dsLong")::varchar(45) as "dsLong", a."dtRegistro"
from public."TbEnderecoAtual" a;
comment on view public."TbEndereco" is
  'TbEnderecoAtual for the legacy application, until the conversion is finished.';

-- What does not fit is left out or shortened instead of refused, and noted as the copy notes it.
create or replace function conversao.write_address() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_lat double precision;
  v_long double precision;
  v_notes jsonb[];
begin
  perform conversao.admit('TbEndereco');
  new."cdEndereco" := coalesce(new."cdEndereco", nextval('public."TbEndereco_cdEndereco_seq"'));
  new."dtRegistro" := coalesce(new."dtRegistro", now() at time zone 'UTC');
  with chosen_addresses as materialized ( -- the planner would convert what it knows, whatever is in its way
    select (new).*
  ), old_addresses as (
{addresses}
  )
  select o."dsLat", o."dsLong", array_remove(array[
    case when o.is_unreadable then jsonb_build_object(
      'why', 'not a pair of coordinates: dsLat and dsLong set to null',
      'row', jsonb_build_object('dsLat', new."dsLat", 'dsLong', new."dsLong")) end,
    (select jsonb_build_object('why', 'longer than 255 characters: shortened',
                               'row', jsonb_object_agg(t.key, t.value))
     from jsonb_each_text(to_jsonb(new)) t where char_length(t.value) > 255
     having count(*) > 0)], null)
  into v_lat, v_long, v_notes
  from old_addresses o;
  insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
  select 'TbEndereco', new."cdEndereco", n -> 'row', n ->> 'why' from unnest(v_notes) n;
  if tg_op = 'UPDATE' and (new."dsLat", new."dsLong") is not distinct from (old."dsLat", old."dsLong") then
    select a."dsLat", a."dsLong" into v_lat, v_long from public."TbEnderecoAtual" a
    where a."cdEndereco" = old."cdEndereco"; -- exact, as the text may not be
  end if;
  select left(new."dsLogradouro", 255), left(new."nrNumero", 255), left(new."dsComplemento", 255),
         left(new."dsBairro", 255), left(new."dsCep", 255), left(new."dsCidade", 255), left(new."dsUF", 255),
         conversao.old_text(v_lat), conversao.old_text(v_long)
  into new."dsLogradouro", new."nrNumero", new."dsComplemento", new."dsBairro", new."dsCep", new."dsCidade",
       new."dsUF", new."dsLat", new."dsLong";
  if tg_op = 'INSERT' then
    insert into public."TbEnderecoAtual" ("cdEndereco", "dsLogradouro", "nrNumero", "dsComplemento",
      "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat", "dsLong", "dtRegistro")
    values (new."cdEndereco", new."dsLogradouro", new."nrNumero", new."dsComplemento", new."dsBairro",
            new."dsCep", new."dsCidade", new."dsUF", v_lat, v_long, new."dtRegistro");
  else
    update public."TbEnderecoAtual" a
    set ("cdEndereco", "dsLogradouro", "nrNumero", "dsComplemento", "dsBairro", "dsCep", "dsCidade", "dsUF",
         "dsLat", "dsLong", "dtRegistro")
      = row(new."cdEndereco", new."dsLogradouro", new."nrNumero", new."dsComplemento", new."dsBairro",
            new."dsCep", new."dsCidade", new."dsUF", v_lat, v_long, new."dtRegistro")
    where a."cdEndereco" = old."cdEndereco";
  end if;
  return new;
end
$$;
comment on function conversao.write_address is 'Takes an address of the legacy application.';
revoke all on function conversao.write_address from public;
create trigger conversao_escrever instead of insert or update on public."TbEndereco"
  for each row execute function conversao.write_address();
revoke all on public."TbEndereco" from public, anon, authenticated, service_role;
grant insert, update, delete on public."TbEndereco" to service_role;
do $$ -- roles of the installation read as they did; policies decide which rows
declare
  v_grantee text;
begin
  for v_grantee in
    select distinct a.grantee::regrole::text from pg_catalog.pg_class c
    cross join lateral pg_catalog.aclexplode(c.relacl) a
    where c.oid = 'public."TbEnderecoAtual"'::regclass and a.privilege_type = 'SELECT' and a.grantee <> 0
      and a.grantee <> c.relowner
  loop
    execute format('grant select on public."TbEndereco" to %s', v_grantee);
  end loop;
end
$$
