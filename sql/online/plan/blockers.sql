-- What a conversion could not replace: objects that an installation added and that read the tables and views
-- of the time series.
select distinct format('%s %s reads %s', case c.relkind when 'm' then 'materialized view' else 'view' end,
                       c.oid::regclass, t.oid::regclass) as what,
       format('drop it, and create it again after the switch: %s', c.oid::regclass) as remedy
from pg_depend d
join pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
join pg_class c on c.oid = w.ev_class
join pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
where t.relnamespace = 'public'::regnamespace and t.oid <> c.oid
  and t.relname in ('TbPosicao', 'TbSensorRegistro', 'VwTbPosicaoAtual', 'VwProdutosFora',
                    'VwTbDestinatarioDispositivo', 'VwRelDadosDispositivo',
                    'VwRelHistoricoDispositivoProduto')
  and not (c.relnamespace = 'public'::regnamespace
    and c.relname in ('VwTbPosicaoAtual', 'VwProdutosFora', 'VwTbDestinatarioDispositivo',
                      'VwRelDadosDispositivo', 'VwRelHistoricoDispositivoProduto'))
order by 1
