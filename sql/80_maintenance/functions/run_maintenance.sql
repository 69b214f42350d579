-- Calls each step again and again while it has more to do and time is left. Each call of a step is a
-- transaction of its own, so an error in one does not stop the others.
-- No SET clause: a procedure that has one may not commit.
-- Who may call it: the maintenance role.
create procedure private.run_maintenance(p_seconds integer default 45)
language plpgsql as $$
declare
  v_holder text := pg_catalog.pg_backend_pid() || '-' || pg_catalog.gen_random_uuid();
  v_end timestamptz := pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => p_seconds);
  v_step text;
  v_more boolean;
begin
  foreach v_step in array private.maintenance_steps() loop
    loop
      v_more := private.run_step(v_step, v_holder);
      commit;
      exit when v_more is not true or pg_catalog.clock_timestamp() > v_end;
    end loop;
    exit when v_more is null;
  end loop;
  perform private.return_lease(v_holder);
  commit;
end
$$;
comment on procedure private.run_maintenance is
  'Maintenance, called every minute: works for about so many seconds; returns at once when another process '
  'is at work.';
revoke all on procedure private.run_maintenance from public;
grant execute on procedure private.run_maintenance to rastro_manutencao;
