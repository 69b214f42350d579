-- What a conversion cannot take along: objects that an installation added and that hang on a table that is
-- replaced. Views are not among them: they are created again on what takes its place.
with replaced as (
  select c.oid, c.relname, c.reltype
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relname in ('TbPosicao', 'TbSensorRegistro',
    'TbEndereco')
), old_view as (
  select c.oid, c.reltype from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
    and c.relname in ('VwTbPosicaoAtual', 'VwProdutosFora', 'VwTbDestinatarioDispositivo',
                      'VwRelDadosDispositivo', 'VwRelHistoricoDispositivoProduto')
)
select distinct format('materialized view %s reads %s', c.oid::regclass, t.oid::regclass) as what,
       format('drop it, and create it again after the switch: %s', c.oid::regclass) as remedy
from pg_depend d
join pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
join pg_class c on c.oid = w.ev_class and c.relkind = 'm'
join (select r.oid from replaced r union all select v.oid from old_view v) t
  on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
union all
select format('%s refers to %s by the key %s', c.conrelid::regclass, r.oid::regclass, c.conname),
       'drop the key: the new time series cannot be the target of one'
from pg_constraint c
join replaced r on r.oid = c.confrelid and r.relname <> 'TbEndereco'
where c.contype = 'f' and c.conrelid not in (select o.oid from replaced o)
union all
select format('the trigger %s on %s would not fire any more', t.tgname, r.oid::regclass),
       'drop it, and create it again after the switch, on series.' || quote_ident(r.relname)
         || ' (on public."TbEndereco" for addresses)'
from pg_trigger t
join replaced r on r.oid = t.tgrelid
where not t.tgisinternal and t.tgname not like 'conversao\_%'
union all
select format('%s has the column %s, which is not carried', r.oid::regclass, a.attname),
       format('keep it in a table of your own by the code of the row, and drop it: create table … as '
         'select %I, '
              '%I from %s', case r.relname when 'TbEndereco' then 'cdEndereco' else 'cdPosicao' end,
              a.attname, r.oid::regclass)
from replaced r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
where a.attname <> all (case r.relname
  when 'TbPosicao' then array['cdPosicao', 'nrBat', 'nrSeq', 'cdDispositivo', 'blArea', 'nrDistancia',
                              'dtRegistro', 'cdDestinatario', 'cdEndereco']
  when 'TbSensorRegistro' then array['cdDispositivo', 'cdSensor', 'cdPosicao', 'cdProdutoItem', 'nrValor',
                                     'dtRegistro']
  else array['cdEndereco', 'dsLogradouro', 'nrNumero', 'dsComplemento', 'dsBairro', 'dsCep', 'dsCidade',
             'dsUF', 'dsLat', 'dsLong', 'dtRegistro'] end)
union all
select format('the function %s takes or returns rows of a table or view that is replaced',
  p.oid::regprocedure),
       'drop it, and create it again after the switch'
from pg_proc p
where p.pronamespace not in (
    select n.oid from pg_namespace n where n.nspname in ('private', 'conversao')) and exists (
  select from (select r.reltype from replaced r union all select v.reltype from old_view v) t
  join pg_type y on y.oid = t.reltype
  where array[t.reltype, y.typarray] && (p.proargtypes::oid[] || p.prorettype))
union all
select format('the policy %s on %s calls %s, which is dropped', p.polname, p.polrelid::regclass,
  f.oid::regproc),
       'drop it, and create it again after the switch, by private.visible_clients()'
from pg_depend d
join pg_policy p on p.oid = d.objid and d.classid = 'pg_policy'::regclass
join pg_proc f on f.oid = d.refobjid and d.refclassid = 'pg_proc'::regclass
join pg_class c on c.oid = p.polrelid
where f.pronamespace = 'public'::regnamespace and f.proname ~ '^get_cliente(_e_filhos|s_user(_by_\w+)?)?$'
  and not (c.relnamespace in ('public'::regnamespace, 'inventario'::regnamespace) and c.relname in (
    'TbCliente', 'TbClienteChave', 'TbEndereco', 'TbDestinatario', 'TbProduto', 'TbProdutoItem',
    'TbProdutoItemJoinTable', 'TbImagens', 'TbDispositivo', 'TbTipoSensor', 'TbSensor', 'TbApiKeys',
      'TbEstado',
    'TbMunicipio', 'profiles', 'TbPosicao', 'TbSensorRegistro', 'armazem', 'rua', 'prateleira', 'sessao',
    'inventario', 'leituras'))
order by 1
