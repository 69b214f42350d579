-- A full quarantine loses its oldest payloads; one that fills up fast has a cause to fix.
select 'client ' || coalesce(q."cdCliente"::text, 'none') as oque,
       format('%s of at most %s payloads are in quarantine, %s of them since an hour ago; %s have given way; '
              'main reason: %s',
              count(*), max(conf."nrErrosCliente"),
              count(*) filter (where q."dtPrimeira" > now() - interval '1 hour'),
              coalesce(max(k."nrPerdidos"), 0), mode() within group (order by q."dsMotivo")) as porque,
       'Fix the cause, then select reprocessar_erros(); or discard: select descartar_erros();' as remedio
from public."TbIngestaoErro" q
cross join private."TbConfiguracao" conf
left join public."TbQuarentena" k on coalesce(k."cdCliente", 0) = coalesce(q."cdCliente", 0)
group by q."cdCliente"
having count(*) > 0.8 * max(conf."nrErrosCliente")
    or count(*) filter (where q."dtPrimeira" > now() - interval '1 hour') > 0.1 * max(conf."nrErrosCliente")
