-- Dirty hours are summed up again within minutes.
select 'dirty hours' as oque,
       format('%s entries are waiting, the oldest since %s', count(*), min(p."dtMarcado")) as porque,
       'Look at the step redo_dirty_hours in "TbManutencaoExecucao"; call private.run_maintenance();'
         as remedio
from private."TbRollupPendente" p
having min(p."dtMarcado") < now() - interval '15 minutes'
