-- What an installation added around tables and views of the system, as statements. The text of
-- plan/reached.sql is put in by the command.

-- A view with all that belongs to it. Its owner comes last: whoever converts is a member of that role.
create or replace function conversao.view_statements(p_view oid) returns text
language sql stable set search_path = pg_catalog as $$
  select concat_ws('; ',
    format('create view %s%s as %s', v.name, ' with (' || array_to_string(c.reloptions, ', ') || ')',
           rtrim(pg_get_viewdef(c.oid), ';')),
    (select string_agg(format('comment on %s%s is %L', case d.objsubid when 0 then 'view ' else 'column ' end,
                              v.name || coalesce('.' || quote_ident(a.attname), ''), d.description), '; ')
     from pg_description d
     left join pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid and d.objsubid > 0
     where d.objoid = c.oid and d.classoid = 'pg_class'::regclass),
    (select string_agg(format('alter view %s alter column %I set default %s', v.name, a.attname,
                              pg_get_expr(f.adbin, f.adrelid)), '; ')
     from pg_attrdef f join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
     where f.adrelid = c.oid),
    (select string_agg(rtrim(pg_get_ruledef(w.oid), ';'), '; ' order by w.oid) from pg_rewrite w
     where w.ev_class = c.oid and w.rulename <> '_RETURN'),
    (select string_agg(pg_get_triggerdef(g.oid), '; ' order by g.oid) from pg_trigger g
     where g.tgrelid = c.oid and not g.tgisinternal and g.tgname not like 'conversao\_%'),
    case when c.relowner <> current_user::regrole
      then format('alter view %s owner to %I', v.name, pg_get_userbyid(c.relowner)) end)
  from pg_class c
  cross join lateral (select format('%s.%I', c.relnamespace::regnamespace, c.relname) as name) v
  where c.oid = p_view
$$;
comment on function conversao.view_statements is 'Statements that create a view as it is.';

create or replace function conversao.policy_statement(p_policy oid, p_relation text) returns text
language sql stable set search_path = pg_catalog as $$
  select format('create policy %I on %s as %s for %s to %s%s%s', p.polname, p_relation,
                case when p.polpermissive then 'permissive' else 'restrictive' end,
                case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                              when 'd' then 'delete' else 'all' end,
                (select string_agg(case o when 0 then 'public' else quote_ident(pg_get_userbyid(o)) end, ', ')
                 from unnest(p.polroles) o),
                ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
  from pg_policy p where p.oid = p_policy
$$;
comment on function conversao.policy_statement is 'The statement that creates a policy on a relation.';

-- What is taken away before tables change places, and made again afterwards.
create or replace function conversao.own_objects()
returns table (kind text, name text, make text, unmake text, place bigint)
language sql stable set search_path = pg_catalog as $$
  with recursive {reached}
  select 'view', v.oid::regclass::text, conversao.view_statements(v.oid),
         format('drop view %s', v.oid::regclass), v.oid::bigint
  from own_view v
  union all
  select 'policy', format('%I on %s', p.polname, p.polrelid::regclass),
         conversao.policy_statement(p.oid, p.polrelid::regclass::text),
         format('drop policy %I on %s', p.polname, p.polrelid::regclass), p.oid::bigint
  from own_policy o join pg_policy p on p.oid = o.oid
$$;
comment on function conversao.own_objects is
  'Views and policies of an installation that read what is replaced.';

-- What is made for the new system, and how the way back drops it.
create or replace function conversao.own_rights()
returns table (make text, unmake text)
language sql stable set search_path = pg_catalog as $$
  with recursive {reached}, moved(oid, names) as (
    select c.oid, case c.relname when 'TbEndereco' then array['public."TbEndereco"']
      else array[format('public.%I', c.relname), format('series.%I', c.relname),
                 case c.relname when 'TbPosicao' then 'series."TbPosicaoFria"'
                                else 'series."TbSensorRegistroFrio"' end] end
    from replaced r join pg_class c on c.oid = r.oid
  ), granted as (
    select o.rolname, coalesce(m.names, array[c.oid::regclass::text]) as names, a.privilege_type as privilege,
           case when a.is_grantable then ' with grant option' else '' end as option, '' as columns,
           cardinality(m.names) > 1 as is_read_only
    from pg_class c
    left join moved m on m.oid = c.oid
    cross join lateral aclexplode(c.relacl) a
    join own_role o on o.oid = a.grantee and o.oid <> c.relowner
    where c.oid in (select oid from replaced union all select oid from system_view)
    union all
    select o.rolname, coalesce(m.names, array[c.oid::regclass::text]), a.privilege_type,
           case when a.is_grantable then ' with grant option' else '' end,
           format(' (%I)', t.attname), cardinality(m.names) > 1
    from pg_class c
    left join moved m on m.oid = c.oid
    join pg_attribute t on t.attrelid = c.oid and not t.attisdropped
    cross join lateral aclexplode(t.attacl) a
    join own_role o on o.oid = a.grantee
    where c.oid in (select oid from replaced union all select oid from system_view)
  )
  select conversao.policy_statement(p.oid, x.name),
         format('drop policy if exists %I on %s', p.polname, x.name)
  from pg_policy p
  join system_table t on t.oid = p.polrelid
  left join moved m on m.oid = t.oid
  cross join lateral ( -- of rows: packed history has none, and who has policies of their own sees none of it
    select coalesce(m.names[least(2, cardinality(m.names))], t.oid::regclass::text) as name) x
  where not p.polpermissive and t.oid not in (
          select r.oid from replaced r where r.oid <> 'public."TbEndereco"'::regclass)
    or not p.polroles && array(select a.oid from api_role a)
  union all
  select format('grant %s%s on %s to %I%s', g.privilege, x.columns, n, g.rolname, g.option),
         format('revoke %s%s on %s from %I', g.privilege, x.columns, n, g.rolname)
  from granted g
  cross join unnest(g.names) n
  cross join lateral ( -- the view reads all columns; without rights on the schema nobody else does
    select case when n like 'series.%' then '' else g.columns end as columns) x
  where g.privilege = 'SELECT' or not coalesce(g.is_read_only, false)
  union all -- what the views unpack with
  select distinct format('grant execute on function %s to %I', f, g.rolname),
         format('revoke execute on function %s from %I', f, g.rolname)
  from granted g
  cross join lateral unnest(array[
      'private.unpack_integer', 'private.high_planes', 'private.places_between', 'private.refuse_chunk'] ||
    case g.names[1] when 'public."TbPosicao"'
      then array['private.unpacked_positions', 'private.is_sound_positions']
      else array['private.unpacked_values', 'private.is_sound_values'] end) f
  where g.privilege = 'SELECT' and g.is_read_only
  union all
  select format('grant execute on function %s to %I', p.oid::regprocedure, o.rolname), null
  from pg_proc p
  cross join lateral aclexplode(p.proacl) a
  join own_role o on o.oid = a.grantee and o.oid <> p.proowner
  where p.pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all
  select format('alter publication %I add table public."TbEndereco"%s%s', b.pubname,
                (select ' (' || string_agg(quote_ident(t.attname), ', ') || ')'
                 from pg_attribute t where t.attrelid = r.prrelid and t.attnum = any (r.prattrs::smallint[])),
                ' where (' || pg_get_expr(r.prqual, r.prrelid) || ')'),
         format('alter publication %I drop table public."TbEndereco"', b.pubname)
  from pg_publication_rel r
  join pg_publication b on b.oid = r.prpubid
  where r.prrelid = 'public."TbEndereco"'::regclass
$$;
comment on function conversao.own_rights is
  'Policies and rights of the roles of an installation, and publications, for the new tables.';

create or replace function conversao.comments()
returns table (object text, make text)
language sql stable set search_path = pg_catalog as $$
  select x.name, format('comment on %s is %L', x.name, d.description)
  from pg_description d
  cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) i
  cross join lateral (
    select case i.type when 'table column' then 'column' when 'view column' then 'column'
                       when 'table constraint' then 'constraint' else i.type end || ' ' || i.identity
             as name) x
  where (i.schema in ('public', 'inventario') or i.type in ('policy', 'trigger', 'table constraint')
           and i.identity ~ ' on (public|inventario)\.'
         or i.type = 'schema' and i.identity in ('public', 'inventario'))
    and not exists (select from pg_depend e
                    where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')
$$;
comment on function conversao.comments is 'Comments on what the switch changes, as statements.';

create or replace function conversao.column_grants()
returns table (name text, definition text, make text)
language sql stable set search_path = pg_catalog as $$
  select format('%s.%I', c.oid::regclass, t.attname), t.attacl::text,
         (select string_agg(format('grant %s (%I) on %s to %s%s', a.privilege_type, t.attname,
                   c.oid::regclass,
                   case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                   case when a.is_grantable then ' with grant option' else '' end), '; ')
          from aclexplode(t.attacl) a)
  from pg_class c
  join pg_attribute t on t.attrelid = c.oid and t.attacl is not null and not t.attisdropped
  where c.relnamespace in ('public'::regnamespace, to_regnamespace('inventario'))
    and c.relkind in ('r', 'v', 'p')
$$;
comment on function conversao.column_grants is 'Rights on columns, as statements.';
revoke all on function conversao.view_statements, conversao.policy_statement, conversao.own_objects,
  conversao.own_rights, conversao.comments, conversao.column_grants from public;

create table if not exists conversao."TbConversaoProprio" ("dsFaz" text not null, "dsDesfaz" text);
create table if not exists conversao."TbConversaoComentario" (
  "dsObjeto" text not null, "dsCria" text not null
);
alter table conversao."TbConversaoProprio" enable row level security;
alter table conversao."TbConversaoComentario" enable row level security;
comment on table conversao."TbConversaoProprio" is
  'Policies, rights and publications of the installation that the switch makes for new tables.';
comment on table conversao."TbConversaoComentario" is 'Comments as they were before the switch.';
update conversao."TbConversaoNome" n set "cdTabela" = x.relation, "dsAgora" = x.name
from (
  select 'pg_constraint'::regclass::oid as class, c.oid, c.conrelid as relation, c.conname as name
  from pg_catalog.pg_constraint c
  union all
  select 'pg_class'::regclass, i.indexrelid, i.indrelid, c.relname
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
) x
where x.class = n."cdClasse" and x.oid = n."cdObjeto" and x.name <> n."dsNome";
truncate conversao."TbConversaoProprio", conversao."TbConversaoComentario";
insert into conversao."TbConversaoProprio" select * from conversao.own_rights();
insert into conversao."TbConversaoComentario" select * from conversao.comments();
