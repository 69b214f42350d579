-- What a damaged chunk of rollups held is made again from the values: its hours become dirty, so that reads
-- are exact at once, and the chunk is deleted. Where values have expired it stays, to be marked. Part of
-- private.mark_damaged.
create function private.redo_damaged_rollups(p_chunks bigint[]) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  with gone as (
    delete from series."TbRollupFrio" c
    where c."cdPacote" = any (p_chunks)
      and c."dtInicio" >= private.raw_expired_before(c."cdCliente", c."cdSensor")
    returning c."cdSensor", c."cdCliente", c."dtInicio", c."dtFim"
  )
  insert into private."TbRollupPendente" ("cdSensor", "cdCliente", "dtHora")
  select g."cdSensor", g."cdCliente", h
  from gone g cross join generate_series(g."dtInicio", g."dtFim" - interval '1 hour', '1 hour') h
$$;
comment on function private.redo_damaged_rollups is
  'Has what damaged chunks of rollups held made again from the values.';
revoke all on function private.redo_damaged_rollups from public;
