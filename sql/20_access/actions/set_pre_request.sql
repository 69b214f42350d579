-- PostgREST reads these settings of its login role, where they take precedence over its own. Without
-- PostgREST there is nothing to set; and what somebody else has set is not replaced. At most 1,000 rows are
-- returned, as a whole table would become one JSON text in memory; aggregates read any number of rows; plans
-- show how many rows others have; and what has been answered is committed.
do $$
declare
  v_current jsonb := coalesce((
    select jsonb_object_agg(split_part(s, '=', 1), split_part(s, '=', 2))
    from pg_db_role_setting r, unnest(r.setconfig) s
    where r.setrole = to_regrole('authenticator') and r.setdatabase = 0 and s like 'pgrst.%'), '{}');
  v_one record;
begin
  if to_regrole('authenticator') is null then
    return;
  end if;
  for v_one in
    select 'pgrst.' || w.name as name, w.value, v_current ->> ('pgrst.' || w.name) as current
    from (values
      ('db_pre_request', 'public.antes_da_requisicao'), ('db_max_rows', '1000'),
      ('db_aggregates_enabled', 'false'), ('db_plan_enabled', 'false'), ('db_tx_end', 'commit')
    ) w(name, value)
  loop
    if v_one.current is null then
      execute format('alter role authenticator set %s = %L', v_one.name, v_one.value);
    elsif v_one.current <> v_one.value then
      raise warning '% of authenticator is % and is kept%', v_one.name, v_one.current,
        case v_one.name when 'pgrst.db_pre_request' then ': call public.antes_da_requisicao() from it'
                        else '' end;
    end if;
  end loop;
  notify pgrst, 'reload config';
end
$$;
