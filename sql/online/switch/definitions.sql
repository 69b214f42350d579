-- What the switch changes and scripts/convert back restores, as statements. Names of keys and indexes differ
-- from one installation to the next and are changed by the switch, so their definition is their name.
-- p_kinds     those that are wanted; null: all
-- p_is_brief  views, policies and triggers without their texts: under locks, where their names are enough
drop function if exists conversao.definitions(text[]);
create or replace function conversao.definitions(p_kinds text[] default null,
  p_is_brief boolean default false)
returns table (kind text, relation text, name text, definition text, make text, unmake text, place bigint)
language sql stable set search_path = pg_catalog as $$
  with recursive old_table as (
    select c.oid, c.oid::regclass::text as name, c.relrowsecurity
    from pg_class c
    where c.relkind = 'r' and c.oid = any (array(
      select to_regclass(format('public.%I', t))::oid from unnest(array[
        'TbCliente', 'TbClienteChave', 'TbDestinatario', 'TbProduto', 'TbProdutoItem',
          'TbProdutoItemJoinTable',
        'TbImagens', 'TbDispositivo', 'TbTipoSensor', 'TbSensor', 'TbApiKeys', 'profiles', 'TbEstado',
        'TbMunicipio', 'TbEndereco', 'TbPosicao', 'TbSensorRegistro']) t
      union all
      select to_regclass(format('inventario.%I', t))::oid from unnest(array[
        'armazem', 'rua', 'prateleira', 'sessao', 'inventario', 'leituras']) t))
  ), reads(oid) as (
    select t.oid from pg_class t
    where t.relnamespace in ('public'::regnamespace, 'inventario'::regnamespace, 'series'::regnamespace)
    union
    select w.ev_class from reads r
    join pg_depend d on d.refobjid = r.oid and d.refclassid = 'pg_class'::regclass
    join pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where w.ev_class <> r.oid
  ), own_view as (
    select c.oid, c.oid::regclass::text as name, c.reloptions, c.relacl, c.relowner
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and n.nspname !~ '^pg_'
      and n.nspname not in ('information_schema', 'private', 'series', 'conversao')
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      and exists (select from pg_rewrite w join pg_depend d on d.objid = w.oid
                    and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
                  join reads r on r.oid = d.refobjid where w.ev_class = c.oid and r.oid <> c.oid)
  ), routine as (
    select p.oid, p.oid::regprocedure::text as name, p.proacl, p.proowner
    from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'inventario'::regnamespace) and p.prokind = 'f'
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  ), granted as (
    select 'table' as what, t.name, c.relacl as acl, c.relowner as owner, 'r' as type
    from old_table t join pg_class c on c.oid = t.oid
    union all select 'table', v.name, v.relacl, v.relowner, 'r' from own_view v
    union all select 'function', r.name, r.proacl, r.proowner, 'f' from routine r
    union all
    select 'sequence', s.oid::regclass::text, s.relacl, s.relowner, 'S'
    from pg_class s
    where s.relkind = 'S' and s.relnamespace in ('public'::regnamespace, 'inventario'::regnamespace)
    union all
    select 'schema', n.nspname::text, n.nspacl, n.nspowner, 'n'
    from pg_namespace n where n.nspname = 'inventario'
  )
  select 'view', null, v.name,
         case when not p_is_brief
           then pg_get_viewdef(v.oid) || coalesce(array_to_string(v.reloptions, ', '), '') end,
         case when not p_is_brief then conversao.view_statements(v.oid) end,
         format('drop view %s', v.name), v.oid::bigint
  from own_view v
  where p_kinds is null or 'view' = any (p_kinds)
  union all
  select 'function', null, r.name, pg_get_functiondef(r.oid), pg_get_functiondef(r.oid),
         format('drop function %s', r.name), r.oid::bigint
  from routine r
  where p_kinds is null or 'function' = any (p_kinds)
  union all
  select 'policy', t.name, p.polname,
         case when not p_is_brief then format('%s %s', pg_get_expr(p.polqual, p.polrelid), x.made) end,
         x.made,
         format('drop policy if exists %I on %s', p.polname, t.name), p.oid::bigint
  from old_table t
  join pg_policy p on p.polrelid = t.oid
  cross join lateral (
    select case when not p_is_brief then conversao.policy_statement(p.oid, t.name) end as made) x
  where p_kinds is null or 'policy' = any (p_kinds)
  union all
  select 'trigger', g.tgrelid::regclass::text, g.tgname, x.made, x.made,
         format('drop trigger %I on %s', g.tgname, g.tgrelid::regclass), g.oid::bigint
  from pg_trigger g
  cross join lateral (select case when not p_is_brief then pg_get_triggerdef(g.oid) end as made) x
  where (p_kinds is null or 'trigger' = any (p_kinds))
    and not g.tgisinternal and g.tgname not like 'conversao\_%'
    and (g.tgrelid in (select t.oid from old_table t) or g.tgrelid = to_regclass('auth.users'))
  union all
  select 'constraint', t.name, pg_get_constraintdef(c.oid), c.contype::text,
         format('alter table %s add constraint %I %s', t.name, c.conname, pg_get_constraintdef(c.oid)),
         format('alter table %s drop constraint %I', t.name, c.conname),
         case c.contype when 'p' then 0 when 'u' then 1 when 'c' then 2 else 3 end
  from old_table t
  join pg_constraint c on c.conrelid = t.oid and c.contype in ('p', 'u', 'c', 'f', 'x')
  where p_kinds is null or 'constraint' = any (p_kinds)
  union all
  select 'index', t.name, substring(pg_get_indexdef(i.indexrelid) from 'USING .*'), i.indisunique::text,
         pg_get_indexdef(i.indexrelid), format('drop index %s', i.indexrelid::regclass), i.indexrelid::bigint
  from old_table t
  join pg_index i on i.indrelid = t.oid and i.indisvalid
  where (p_kinds is null or 'index' = any (p_kinds))
    and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
  union all
  select 'column', t.name, a.attname,
         concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull::text, a.attidentity,
           a.attgenerated,
                   pg_get_expr(d.adbin, d.adrelid)),
         format('alter table %1$s alter column %2$I drop default, alter column %2$I type %3$s using '
           '%2$I::%3$s%4$s, '
                'alter column %2$I %5$s not null', t.name, a.attname, format_type(a.atttypid, a.atttypmod),
                format(', alter column %I set default ', a.attname) || pg_get_expr(d.adbin, d.adrelid),
                case when a.attnotnull then 'set' else 'drop' end),
         format('alter table %s drop column %I', t.name, a.attname), a.attnum
  from old_table t
  join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
  where p_kinds is null or 'column' = any (p_kinds)
  union all
  select 'row security', null, t.name, t.relrowsecurity::text,
         format('alter table %s %s row level security', t.name,
                case when t.relrowsecurity then 'enable' else 'disable' end), null, 0
  from old_table t
  where p_kinds is null or 'row security' = any (p_kinds)
  union all
  select 'grants', null, g.name, coalesce(g.acl, acldefault(g.type::"char", g.owner))::text,
         (select string_agg(s, '; ') from (
            select format('revoke all on %s %s from public, anon, authenticated, service_role', g.what,
              g.name) as s
            union all
            (select format('grant %s on %s %s to %s%s', string_agg(a.privilege, ', '), g.what, g.name,
                           case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee))
                             end, case when a.is_grantable then ' with grant option' else '' end)
             from aclexplode(coalesce(g.acl, acldefault(g.type::"char", g.owner)))
               with ordinality as a(grantor, grantee, privilege, is_grantable, n)
             where a.grantee <> g.owner
             group by a.grantee, a.is_grantable
             order by min(a.n))) x),
         null, 0
  from granted g
  where p_kinds is null or 'grants' = any (p_kinds)
  union all
  select 'column grants', null, g.name, g.definition, g.make, null, 0 from conversao.column_grants() g
  where p_kinds is null or 'column grants' = any (p_kinds)
  union all
  select 'setting', null, r.rolname, s.setting,
         format('alter role %I set %s', r.rolname,
                split_part(s.setting, '=', 1) || ' = ' || quote_literal(substring(s.setting from '=(.*)'))),
         format('alter role %I reset %s', r.rolname, split_part(s.setting, '=', 1)), 0
  from pg_db_role_setting d
  join pg_roles r on r.oid = d.setrole and r.rolname in ('anon', 'authenticated', 'service_role',
    'authenticator')
  cross join unnest(d.setconfig) as s(setting)
  where d.setdatabase = 0 and (p_kinds is null or 'setting' = any (p_kinds))
$$;
comment on function conversao.definitions is
  'What the switch changes, as statements that make it and drop it.';
create table if not exists conversao."TbConversaoDefinicao" (
  "dsTipo" text not null,
  "dsTabela" text,
  "dsNome" text not null,
  "dsDefinicao" text,
  "dsCria" text,
  "dsRemove" text,
  "nrOrdem" bigint not null
);
alter table conversao."TbConversaoDefinicao" enable row level security;
comment on table conversao."TbConversaoDefinicao" is 'What the switch changed, as it was before.';
truncate conversao."TbConversaoDefinicao";
insert into conversao."TbConversaoDefinicao" select * from conversao.definitions();

-- What the installation added and is made again afterwards, see move.sql and own_views.sql.
create temporary table own_object on commit drop as
select o.kind, o.place, o.name, o.make, g."dsCria" as granted, o.unmake
from conversao.own_objects() o
left join conversao."TbConversaoDefinicao" g
  on g."dsTipo" = 'grants' and g."dsNome" = o.name and o.kind = 'view'
union all
select d."dsTipo", d."nrOrdem", d."dsNome", null, null, d."dsRemove"
from conversao."TbConversaoDefinicao" d where d."dsTipo" = 'policy';

-- Keys in clear text: the old application needs them when it comes back. They are copied under the locks.
create table if not exists conversao."TbConversaoChave" ("cdApiKey" uuid primary key, "dsKey" text not null);
alter table conversao."TbConversaoChave" enable row level security;
comment on table conversao."TbConversaoChave" is 'API keys in clear text, until the conversion is finished.';
-- Values of columns that the old tables do not have; the next switch puts them back.
create table if not exists conversao."TbConversaoColuna" (
  "dsTabela" text not null, "jsChave" jsonb not null, "jsValores" jsonb not null
);
alter table conversao."TbConversaoColuna" enable row level security;
comment on table conversao."TbConversaoColuna" is 'Values that the old tables have no columns for.';
-- Values of the other tables that the switch cannot keep, or changes: the way back restores those that nobody
-- has changed since. One row for each column.
create table if not exists conversao."TbConversaoAntes" (
  "dsTabela" text not null, "jsChave" jsonb, "dsColuna" text, "jsAntes" jsonb not null, "jsDepois" jsonb
);
alter table conversao."TbConversaoAntes" enable row level security;
comment on table conversao."TbConversaoAntes" is 'Values that the switch changed, as they were.';
comment on column conversao."TbConversaoAntes"."dsColuna" is '+: the switch added the row.';
comment on column conversao."TbConversaoAntes"."jsChave" is 'Key of the row; null: the row was removed.';
