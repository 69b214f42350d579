-- Late readings are summed up within minutes.
select 'dirty windows' as oque,
       format('%s marks wait, the oldest since %s', count(*), min(p."dtMarcado")) as porque,
       'See the step redo_dirty_hours in "TbManutencaoExecucao"; call private.run_maintenance()' as remedio
from private."TbRollupPendente" p
having min(p."dtMarcado") < now() - interval '15 minutes'
