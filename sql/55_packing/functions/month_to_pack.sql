-- The next month to pack is the oldest one that has partitions of its own, once all of it is older than
-- nrDiasQuente and summed up. Null: none, or packing is switched off, or a legacy database is being
-- converted, whose way back reads rows as they are. Part of private.pack_history.
create function private.month_to_pack(p_packed timestamp) returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select m.month
  from private."TbConfiguracao" config, private."TbRollupMarca" r, (
    select case when isfinite(p_packed) then p_packed
                else min(private.partition_month(c.relname)) end as month
    from pg_class c
    where c.relnamespace = 'particoes'::regnamespace and c.relname ~ '^(TbSensorRegistro|TbPosicao)_\d'
  ) m
  where m.month + interval '1 month'
        <= date_trunc('day', now() at time zone 'UTC') - make_interval(days => config."nrDiasQuente")
    and m.month + interval '1 month' <= r."dtMarca" and m.month >= r."dtPiso"
    and to_regclass('conversao."TbConversaoEtapa"') is null
$$;
comment on function private.month_to_pack is 'The next month to pack; null when none is due.';
revoke all on function private.month_to_pack from public;
