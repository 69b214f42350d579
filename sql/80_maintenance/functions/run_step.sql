-- Runs one step: true when it did something and may have more to do, null when another process has the lease.
-- The log has one row for each step of a run (TbManutencaoExecucao). jit is switched off here and not only on
-- a role, as pg_cron runs as the owner of the database.
-- Security definer: the maintenance role may run these steps and nothing else.
-- Who may call it: the maintenance role. Raises PT400 INVALID_PARAMETER.
create function private.run_step(p_step text, p_holder text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_started timestamptz := clock_timestamp();
  v_rows bigint := 0;
  v_error text;
begin
  if not p_step = any (private.maintenance_steps()) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('%s is not a maintenance step', p_step);
  end if;
  if not private.take_lease(p_holder) then
    return null;
  end if;
  begin
    execute format('select private.%I()', p_step) into v_rows;
  exception when others then -- any error is logged and must not stop the next step
    v_error := sqlstate || ' ' || sqlerrm;
  end;
  update public."TbManutencaoExecucao" e
  set "dtFim" = clock_timestamp(), "nrLinhas" = e."nrLinhas" + coalesce(v_rows, 0), "dsErro" = v_error
  where e."dsQuem" = p_holder and e."dsPasso" = p_step and e."dtInicio" > now() - interval '1 hour';
  if not found then
    insert into public."TbManutencaoExecucao" ("dsPasso", "dtInicio", "dtFim", "nrLinhas", "dsErro", "dsQuem")
    values (p_step, v_started, clock_timestamp(), coalesce(v_rows, 0), v_error, p_holder);
  end if;
  return v_error is null and v_rows > 0;
end
$$;
comment on function private.run_step is 'Runs one maintenance step and logs its result.';
revoke all on function private.run_step from public;
grant execute on function private.run_step to rastro_manutencao;
