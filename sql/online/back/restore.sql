-- The old tables, views, functions, policies and settings, as they were noted at the switch. The new
-- TbEndereco steps aside; values of columns that the old tables do not have are kept.
-- Replaced by the command: {functions}, {views}: names of what migrations make in public; {bound}: functions
-- with arguments of their types; {accounts}: trigger functions of auth.users;
-- {address_keys}: tables that prepare made and that refer to addresses.
do $$
declare
  v_one record;
  v_policies text[];
  v_own text[];
  v_own_keys text[];
  v_statement text;
begin
  set local max_parallel_workers_per_gather = 0;
  -- what is here: read once, and later what may have changed, as everybody waits
  create temporary table present on commit drop as
    select * from conversao.definitions('{view,policy,trigger,setting,column}', true);
  create temporary table own_policy on commit drop as
    select o.make, o.unmake from conversao.own_objects() o where o.kind = 'policy';
  v_policies := array(select o.make from own_policy o);
  for v_one in -- 1: what the old columns cannot hold
    select n."nome" as name, n.columns, n.is_kept, k.key from (
      select d.relation as "nome", array_agg(d.name) as columns,
             string_agg(format('t.%I is distinct from %s', d.name,
                               coalesce(pg_get_expr(f.adbin, f.adrelid), 'null')), ' or ') as is_kept
      from present d
      join pg_attribute a on a.attrelid = d.relation::regclass and a.attname = d.name and a.attgenerated = ''
      left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
      where d.kind = 'column' and d.relation not like '%"TbEndereco"'
        and not exists (select from conversao."TbConversaoDefinicao" s
                        where s."dsTipo" = 'column' and s."dsTabela" = d.relation and s."dsNome" = d.name)
      group by 1) n
    join lateral (
      select array_agg(a.attname) as key from pg_index i
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
      where i.indrelid = n."nome"::regclass and i.indisprimary) k on true
  loop
    execute format('delete from conversao."TbConversaoColuna" where "dsTabela" = %L', v_one.name);
    execute format(
      'insert into conversao."TbConversaoColuna" select %L, jsonb_build_object(%s), '
        'jsonb_build_object(%s) from %s t where %s',
      v_one.name, (select string_agg(format('%L, t.%I', c, c), ', ') from unnest(v_one.key) c),
      (select string_agg(format('%L, t.%I', c, c), ', ') from unnest(v_one.columns) c), v_one.name,
      -- the next switch gives rows the default, and those of two tables more, which may have been changed
      case when v_one.name ~ '"(TbApiKeys|TbTipoSensor)"$' then 'true' else v_one.is_kept end);
  end loop;

  v_own := array( -- views that were added since the switch
    select conversao.view_statements(d.name::regclass)
    from present d where d.kind = 'view' and d.name <> all ({views})
      and not exists (select from conversao."TbConversaoDefinicao" s where s."dsTipo" = 'view' and
        s."dsNome" = d.name)
    order by d.place);
  v_own_keys := array( -- of an installation's own tables to addresses
    select format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname,
                  pg_get_constraintdef(c.oid))
    from pg_constraint c
    where c.contype = 'f' and c.confrelid = 'public."TbEndereco"'::regclass
      and c.conrelid <> all ({address_keys}::regclass[])
      and c.conrelid::regclass::text not in (
        select d.relation::regclass::text from present d where d.kind = 'column'));
  for v_one in -- 2: what was made of the installation's own for the new tables goes
    select p."dsDesfaz" as statement from conversao."TbConversaoProprio" p where p."dsDesfaz" is not null
    union all
    select o.unmake from own_policy o
  loop
    begin
      execute v_one.statement;
    exception when undefined_object or undefined_table or undefined_column then
      null; -- the installation took it away itself
    end;
  end loop;
  foreach v_statement in array array( -- views, functions, policies and triggers go
    select format('drop function %s', p.oid::regprocedure) as statement from pg_proc p
    where format('%s.%s', p.pronamespace::regnamespace, p.proname) = any ({bound})
    union all
    select statement from (
      select d.unmake as statement from present d where d.kind = 'view' order by d.place desc) v
    union all
    select d.unmake from present d
    where d.kind = 'policy' or d.kind = 'trigger' and d.relation <> 'auth.users'
    union all -- the audit log's, on tables that prepare made
    select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass) from pg_trigger t
    where t.tgfoid in ('private.audit_rows'::regproc, 'private.audit_updates'::regproc,
                       'private.limit_rows'::regproc)
      and not exists (select from present d
                      where d.kind = 'trigger' and d.name = t.tgname
                        and d.relation::regclass = t.tgrelid)
    union all -- a table that is not ours: its triggers go with their functions
    select format('drop function %s cascade', f) from unnest({accounts}) f
    union all
    select format('drop function %s', p.oid::regprocedure) from pg_proc p
    where p.prokind = 'f' and format('%s.%s', p.pronamespace::regnamespace, p.proname) = any ({functions})
    union all
    select d.unmake from present d where d.kind = 'setting'
    union all
    select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname)
    from pg_constraint c
    where c.contype = 'f' and c.confrelid = 'public."TbEndereco"'::regclass)
  loop
    execute v_statement;
  end loop;

  alter table public."TbEndereco" set schema conversao; -- 3: tables change places
  alter table legado."TbEndereco" set schema public;
  alter table legado."TbPosicao" set schema public;
  alter table legado."TbSensorRegistro" set schema public;
  perform setval('public."TbEndereco_cdEndereco_seq"', n.last_value, n.is_called)
  from conversao."TbEndereco_cdEndereco_seq" n;
  perform setval('public."TbPosicao_cdPosicao_seq"', n.last_value, n.is_called)
  from series."TbPosicao_cdPosicao_seq" n;

  -- 4: keys and columns
  truncate present;
  insert into present select * from conversao.definitions('{constraint,index,column}');
  foreach v_statement in array array(
    select p.unmake from present p
    where p.kind in ('constraint', 'index', 'column') and not exists (
      select from conversao."TbConversaoDefinicao" s
      where s."dsTipo" = p.kind and s."dsTabela" = p.relation and s."dsNome" = p.name
        and (p.kind = 'column' or s."dsDefinicao" = p.definition))
      and not exists ( -- goes with its column
        select from present c where c.kind = 'column' and p.kind <> 'column' and c.relation = p.relation
          and position(quote_ident(c.name) in p.name) > 0
          and not exists (select from conversao."TbConversaoDefinicao" s where s."dsTipo" = 'column'
                            and s."dsTabela" = c.relation and s."dsNome" = c.name))
    order by case p.kind when 'constraint' then 0 when 'index' then 1 else 2 end, p.place desc)
  loop
    execute v_statement;
  end loop;
  update public."TbDestinatario" t set "nrRaio" = t."nrRaio" / 1000
  where t."nrRaio" is not null and not exists ( -- what it was is restored below
      select from conversao."TbConversaoAntes" b
      where b."dsColuna" = 'nrRaio' and (b."jsChave" ->> 'cdDestinatario')::integer = t."cdDestinatario"
        and (b."jsDepois" ->> 'nrRaio')::double precision = t."nrRaio")
    and (
    select e."dsUnidade" from conversao."TbConversaoEtapa" e where e."dsEtapa" = 'switched'
    order by e."cdEtapa" desc limit 1) = 'km';
  alter table public."TbApiKeys" add column "dsKey" text;
  update public."TbApiKeys" k set "dsKey" = coalesce(
    (select c."dsKey" from conversao."TbConversaoChave" c where c."cdApiKey" = k."cdApiKey"),
    gen_random_uuid()::text || gen_random_uuid()::text); -- known to nobody: made since, or replaced
  foreach v_statement in array array(
    select format('alter table %s %s', s."dsTabela", string_agg( -- one, as each writes the table anew
             substr(s."dsCria", length(format('alter table %s ', s."dsTabela")) + 1), ', '))
    from conversao."TbConversaoDefinicao" s
    where s."dsTipo" = 'column' and not exists (
      select from conversao.definitions('{column}') p
      where p.kind = 'column' and p.relation = s."dsTabela" and p.name = s."dsNome"
        and p.definition = s."dsDefinicao")
    group by s."dsTabela"
    union all
    select statement from (
      select s."dsCria" as statement from conversao."TbConversaoDefinicao" s
      where s."dsTipo" in ('constraint', 'index') and not exists (
        select from conversao.definitions('{constraint,index}') p
        where p.kind = s."dsTipo" and p.relation = s."dsTabela" and p.name = s."dsNome")
      order by s."dsTipo", s."nrOrdem") k)
  loop
    execute v_statement;
  end loop;

  for v_one in -- values that the switch changed and nobody since
    select b.name, b.column, a.attname as key, format_type(a.atttypid, a.atttypmod) as type
    from (select distinct "dsTabela" as name, "dsColuna" as column,
                 (select min(j) from jsonb_object_keys("jsChave") j) as key
          from conversao."TbConversaoAntes" where "jsDepois" is not null) b
    join pg_attribute a on a.attrelid = b.name::regclass and a.attname = b.key
  loop
    execute format(
      'update %1$s t set %2$I = (jsonb_populate_record(t, b."jsAntes")).%2$I '
      'from conversao."TbConversaoAntes" b where b."dsTabela" = %3$L and b."dsColuna" = %2$L '
        'and t.%4$I = (b."jsChave" ->> %4$L)::%5$s '
        'and t.%2$I is not distinct from (jsonb_populate_record(t, b."jsDepois")).%2$I',
      v_one.name, v_one.column, v_one.name, v_one.key, v_one.type);
  end loop;
  for v_one in
    select t.id from conversao."TbConversaoAntes" b
    join public."TbTipoSensor" t on t.id = (b."jsChave" ->> 'id')::bigint
      and t."dsNome" = b."jsAntes" ->> 'dsNome'
    where b."dsColuna" = '+' and not exists (select from public."TbSensor" s where s."cdTipoSensor" = t.id)
  loop
    begin
      delete from public."TbTipoSensor" t where t.id = v_one.id;
    exception when foreign_key_violation then
      null; -- a table of the installation refers to it
    end;
  end loop;
  insert into public."TbEstado"
  select r.* from conversao."TbConversaoAntes" b
  cross join lateral jsonb_populate_record(null::public."TbEstado", b."jsAntes") r
  where b."jsChave" is null and b."dsTabela" = 'public."TbEstado"'
    and exists (select from public."TbEstado" e where e."cdEstadoIBGE" = r."cdEstadoIBGE");

  -- 5: functions, views, triggers, policies come back, then what is granted
  foreach v_statement in array array(
    select statement from (
      select coalesce(s."dsCria", '') as statement from conversao."TbConversaoDefinicao" s
      where s."dsTipo" in ('function', 'view', 'trigger', 'policy', 'row security', 'setting')
        -- a setting of the server that another database has, converted before: its function is not here
        and s."dsDefinicao" is distinct from 'pgrst.db_pre_request=public.antes_da_requisicao'
        and not exists (
          select from conversao.definitions('{function,view,trigger,policy,row security,setting}') p
          where p.kind = s."dsTipo" and p.name = s."dsNome"
            and p.relation is not distinct from s."dsTabela" and p.definition = s."dsDefinicao")
      order by array_position('{function,view,trigger,policy,row security,setting}', s."dsTipo"),
        s."nrOrdem") m
    union all
    select unnest(v_own || v_own_keys || v_policies)
    union all
    select s."dsCria" from conversao."TbConversaoDefinicao" s where s."dsTipo" in ('grants', 'default')
    union all
    select s."dsCria" from conversao."TbConversaoDefinicao" s where s."dsTipo" = 'column grants'
    union all
    select format('drop policy %I on %s', p.polname, p.polrelid::regclass) from pg_policy p
    where p.polrelid = 'conversao."TbEndereco"'::regclass
    union all
    select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass) from pg_trigger t
    where t.tgrelid = 'conversao."TbEndereco"'::regclass and not t.tgisinternal)
  loop
    execute v_statement;
  end loop;
  update conversao."TbConversaoNome" n set "cdObjeto" = x.oid -- what was made anew
  from (
    select 'pg_constraint'::regclass::oid as class, c.oid, c.conrelid as relation, c.conname as name
    from pg_constraint c
    union all
    select 'pg_class'::regclass, i.indexrelid, i.indrelid, c.relname
    from pg_index i join pg_class c on c.oid = i.indexrelid
  ) x
  where x.class = n."cdClasse" and x.relation = n."cdTabela" and x.name = n."dsAgora"
    and x.oid <> n."cdObjeto";
  insert into conversao."TbConversaoComentario" values ('', ''); -- to be done, see comments.sql
  update conversao."TbConversao" set "dtVerificada" = null;
end
$$;
