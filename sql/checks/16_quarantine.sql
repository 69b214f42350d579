-- A full quarantine makes whole requests fail; one that fills up fast has a cause to fix.
select 'client ' || coalesce(q."cdCliente"::text, 'none') as oque,
       format('%s of at most %s payloads are in quarantine, %s of them since an hour ago; main reason: %s',
              count(*), max(conf."nrErrosCliente"),
              count(*) filter (where q."dtPrimeira" > now() - interval '1 hour'),
              mode() within group (order by q."dsMotivo")) as porque,
       'Fix the cause, then replay: select reprocessar_erros();' as remedio
from public."TbIngestaoErro" q
cross join private."TbConfiguracao" conf
group by q."cdCliente"
having count(*) > 0.8 * max(conf."nrErrosCliente")
    or count(*) filter (where q."dtPrimeira" > now() - interval '1 hour') > 0.1 * max(conf."nrErrosCliente")
