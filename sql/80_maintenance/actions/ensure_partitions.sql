-- The first partitions; afterwards private.run_maintenance creates those of further months.
select private.ensure_partitions();
