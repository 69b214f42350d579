-- Late readings are summed up within minutes.
select 'dirty windows' as oque,
       format('%s marks wait, the oldest since %s', count(*), min(p."dtMarcado")) as porque,
       'See the step refazer_pendentes in "TbManutencaoExecucao"; call private.manutencao()' as remedio
from private."TbRollupPendente" p
having min(p."dtMarcado") < now() - interval '15 minutes'
