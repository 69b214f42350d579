-- What the switch replaces or drops, and what an installation added that depends on it. Common table
-- expressions: the command puts them into others.
system_table(oid) as (
  select c.oid from pg_catalog.pg_class c
  where c.relkind in ('r', 'v') and c.relnamespace = 'public'::regnamespace and c.relname in (
      'TbCliente', 'TbClienteChave', 'TbDestinatario', 'TbProduto', 'TbProdutoItem', 'TbProdutoItemJoinTable',
      'TbImagens', 'TbDispositivo', 'TbTipoSensor', 'TbSensor', 'TbApiKeys', 'profiles', 'TbEstado',
      'TbMunicipio', 'TbEndereco', 'TbPosicao', 'TbSensorRegistro')
    or c.relkind = 'r' and c.relnamespace = to_regnamespace('inventario') and c.relname in (
      'armazem', 'rua', 'prateleira', 'sessao', 'inventario', 'leituras')
), replaced(oid) as (
  select t.oid from system_table t join pg_catalog.pg_class c on c.oid = t.oid
  where c.relname in ('TbPosicao', 'TbSensorRegistro', 'TbEndereco')
), system_view(oid) as (
  select c.oid from pg_catalog.pg_class c
  where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace and c.relname in (
    'VwTbPosicaoAtual', 'VwProdutosFora', 'VwTbDestinatarioDispositivo', 'VwRelDadosDispositivo',
    'VwRelHistoricoDispositivoProduto', 'VwTbProdutoTipo', 'VwTbProdutoTotal', 'VwTbProdutoTotalStatus',
    'VwProdutoCompleto')
), root(oid) as ( -- beside what is replaced: tables with columns that get another type
  select r.oid from replaced r
  union all select v.oid from system_view v
  union all
  select t.oid from system_table t join pg_catalog.pg_class c on c.oid = t.oid
  where c.relname in ('TbEstado', 'TbMunicipio', 'TbImagens', 'TbApiKeys')
), reader(oid) as (
  select r.oid from root r
  union
  select w.ev_class
  from reader r
  join pg_catalog.pg_depend d on d.refobjid = r.oid and d.refclassid = 'pg_class'::regclass
  join pg_catalog.pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
  join pg_catalog.pg_class c on c.oid = w.ev_class and c.relkind in ('v', 'm')
), own_view(oid) as (
  select r.oid from reader r join pg_catalog.pg_class c on c.oid = r.oid and c.relkind = 'v'
  where r.oid not in (select o.oid from root o)
), own_policy(oid) as ( -- on an installation's own tables
  select distinct p.oid
  from reader r
  join pg_catalog.pg_depend d on d.refobjid = r.oid and d.refclassid = 'pg_class'::regclass
  join pg_catalog.pg_policy p on p.oid = d.objid and d.classid = 'pg_policy'::regclass
  where p.polrelid not in (select t.oid from system_table t)
), api_role(oid) as (
  select 0::oid
  union all
  select r.oid from pg_catalog.pg_roles r
  where r.rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
    or pg_has_role('anon', r.oid, 'usage') or pg_has_role('authenticated', r.oid, 'usage')
), own_role(oid, rolname) as (
  select r.oid, r.rolname from pg_catalog.pg_roles r
  where r.oid not in (select a.oid from api_role a) and not r.rolsuper and r.rolname !~ '^(pg_|rastro_)'
    and r.rolname not in ('dashboard_user', 'supabase_admin', 'supabase_read_only_user')
)
