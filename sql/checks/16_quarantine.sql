-- A full quarantine refuses whole requests; one that fills up fast has a cause.
select 'client ' || coalesce(q."cdCliente"::text, 'none') as oque,
       format('%s of %s payloads are in quarantine, %s since an hour ago; the most: %s', count(*), max(conf."nrErrosCliente"),
              count(*) filter (where q."dtPrimeira" > now() - interval '1 hour'), mode() within group (order by q."dsMotivo")) as porque,
       'Mend the cause and replay: select reprocessar_erros();' as remedio
from public."TbIngestaoErro" q
cross join private."TbConfiguracao" conf
group by q."cdCliente"
having count(*) > 0.8 * max(conf."nrErrosCliente")
    or count(*) filter (where q."dtPrimeira" > now() - interval '1 hour') > 0.1 * max(conf."nrErrosCliente")
