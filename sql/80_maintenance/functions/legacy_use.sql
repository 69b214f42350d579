-- Who still calls what a conversion answers in the name of a legacy application, from its switch to its end:
-- {until, calls: [{call, calls, lastAt}]}; null at any other time. Part of public.get_saude_series.
-- The schema `conversao` is there only while a database is converted, so the statement is put together.
create function private.legacy_use() returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_use jsonb;
begin
  if to_regclass('conversao."TbConversaoUso"') is null then
    return null;
  end if;
  execute format($sql$
    select jsonb_build_object('until', e."dtAte", 'calls', (
      select coalesce(jsonb_agg(jsonb_build_object('call', u.call, 'calls', u.calls, 'lastAt', u.last_at)
                                order by u.call), '[]')
      from (select c."dsChamada" as call, sum(c."nrChamadas") as calls, max(c."dtUltima") as last_at
            from %1$I."TbConversaoUso" c group by 1) u))
    from (select s.* from %1$I."TbConversaoEtapa" s order by s."cdEtapa" desc limit 1) e
    where e."dsEtapa" = 'switched'
    $sql$, 'conversao')
  into v_use;
  return v_use;
end
$$;
comment on function private.legacy_use is 'Calls of a legacy application that a conversion still answers.';
revoke all on function private.legacy_use from public;
