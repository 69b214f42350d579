-- The table of a rollup, how long a chunk of it is, and before which time it is packed now: whole chunks that
-- are old enough and summed up. Null: none, as packing is switched off (nrDiasQuente), or a legacy database
-- is being converted. Part of private.pack_rollups.
create function private.rollup_tier(p_minutes integer)
returns table (name text, span interval, packed_before timestamp)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select t.name, t.span,
         case when config."nrDiasQuente" is not null and to_regclass('conversao."TbConversaoEtapa"') is null
              then date_bin(t.span, least(d.today - make_interval(days => t.days), m."dtMarca"),
                            timestamp '2000-01-01') end
  from private."TbConfiguracao" config
  cross join private."TbRollupMarca" m
  cross join (select date_trunc('day', now() at time zone 'UTC') as today) d
  cross join lateral (values
    (1, 'TbSensorRegistro1m', interval '1 day', config."nrDiasQuente1m"),
    (5, 'TbSensorRegistro5m', interval '1 day', config."nrDiasQuente5m"),
    (60, 'TbSensorRegistro1h', interval '7 days', config."nrDiasQuente1h")
  ) as t(minutes, name, span, days)
  where t.minutes = p_minutes
$$;
comment on function private.rollup_tier is
  'Table of a rollup, length of its chunks, and before which time it is packed.';
revoke all on function private.rollup_tier from public;
