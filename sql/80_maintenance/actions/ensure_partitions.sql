-- The partitions of this month and the next ones, once at the start; run_maintenance makes those that follow.
select private.ensure_partitions();
