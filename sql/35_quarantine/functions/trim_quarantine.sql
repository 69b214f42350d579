-- What a full quarantine does: the oldest rows of the device that has most of them give way, and are counted.
-- A quarantine is full with nrErrosCliente payloads (TbConfiguracao). One caller at a time for each client;
-- others leave at once, as whoever comes next makes up for it: nobody waits, and a quarantine is overfull at
-- most by what came while one transaction was ending. Costs what came since the last time, not what is there.
-- p_client  null: payloads that belong to no client
-- Called by private.keep_payloads and private.expire_quarantine.
create function private.trim_quarantine(p_client integer) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := coalesce(p_client, 0);
  v_total bigint;
  v_lost bigint;
begin
  if not pg_try_advisory_xact_lock(727473, v_client) then
    return;
  end if;
  v_total := private.add_up_quarantine(p_client);
  if v_total <= (select config."nrErrosCliente" from private."TbConfiguracao" config) then
    return;
  end if;
  with given as (
    delete from public."TbIngestaoErro" q
    using (
      select old."cdErro"
      from private.crowded_origins(
        v_client, v_total - (select config."nrErrosCliente" from private."TbConfiguracao" config)) o
      cross join lateral (
        select v."cdErro" from public."TbIngestaoErro" v
        where coalesce(v."cdCliente", 0) = v_client and v."dsOrigem" = o."dsOrigem"
        order by v."cdErro" limit o.surplus for update skip locked
      ) old
    ) old
    where q."cdErro" = old."cdErro"
    returning 1
  )
  select count(*) into v_lost from given;
  update public."TbQuarentena" k set "nrPerdidos" = k."nrPerdidos" + v_lost, "dtPerda" = clock_timestamp()
  where k."cdCliente" is not distinct from p_client and v_lost > 0;
end
$$;
comment on function private.trim_quarantine is
  'Deletes the oldest rows of a full quarantine where most of them come from.';
revoke all on function private.trim_quarantine from public;
