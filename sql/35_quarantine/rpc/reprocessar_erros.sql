-- Replays quarantined payloads after their cause was fixed: on behalf of the current caller, dated when they
-- first arrived if they carry no time. What is stored now (or was meanwhile) leaves quarantine; what fails
-- again stays and is counted. Returns {total, stored, duplicate, conflict, rejected, skipped}; skipped are
-- those that cannot be replayed because their payload is cut off or not JSON.
-- p_cd_erros   which ones; null: all that can be replayed
-- p_ds_motivo  only this reason
-- p_nr_limite  at most this many
-- Who: admins of the clients concerned. Security definer: API roles may not write TbIngestaoErro or time
-- series.
-- Raises PT401, PT403, PT429.
create function public.reprocessar_erros(
  p_cd_erros bigint[] default null, p_ds_motivo text default null, p_nr_limite integer default 1000
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_errors record;
  v_elements private.element[];
  v_messages private.element[];
begin
  perform private.require_few('cdErros', p_cd_erros);
  perform private.require_short(p_ds_motivo);
  v_errors := private.split_by_kind(
    private.replayable_errors(v_caller, p_cd_erros, p_ds_motivo, p_nr_limite, true));
  v_elements := private.ingest(
    private.quarantined_batch(v_errors.readings), v_caller."cdClientes", now() at time zone 'UTC');
  v_messages := private.messages_as_elements(private.store_messages(
    private.read_messages(private.quarantined_batch(v_errors.messages), v_caller."cdClientes",
                          now() at time zone 'UTC'), false));
  -- the rows are locked only now: an ingest locks readings first and quarantine last, and so does this
  perform private.settle_replayed_errors(v_errors.readings, v_elements);
  perform private.settle_replayed_errors(v_errors.messages, v_messages);
  return private.describe_verdicts(v_elements || v_messages, true, false) - 'results' - 'untimed'
    || jsonb_build_object('skipped', cardinality(
      private.replayable_errors(v_caller, p_cd_erros, p_ds_motivo, p_nr_limite, false)));
end
$$;
comment on function public.reprocessar_erros is
  'Replays quarantined payloads; what is stored leaves quarantine.';
revoke all on function public.reprocessar_erros from public;
grant execute on function public.reprocessar_erros to authenticated, service_role;
