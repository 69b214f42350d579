-- Every partitioned table has partitions for all months that readings may be dated in, and for the coming
-- ones, unless it is packed.
select format('%s %s', t.tabela, to_char(m.mes, 'YYYY-MM')) as oque,
       'There is no partition for this month' as porque,
       'select private.ensure_partitions(); and find out why maintenance did not create it' as remedio
from private."TbConfiguracao" conf
cross join (
  select c.relname::text from pg_class c where c.relnamespace = 'series'::regnamespace and c.relkind = 'p'
) as t(tabela)
cross join lateral generate_series(
  date_trunc('month', now() at time zone 'UTC') - make_interval(months => conf."nrMesesAtras"),
  date_trunc('month', now() at time zone 'UTC') + make_interval(months => conf."nrMesesAdiante"),
  '1 month') as m(mes)
where to_regclass(format('particoes.%I', format('%s_%s', t.tabela, to_char(m.mes, 'YYYY_MM')))) is null
  and not private.is_packed_month(t.tabela, m.mes)
