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
  -- By place and in the order of one index, not as a join or by a part of the key: how quick those are
  -- depends on what is known of the table, which may have been empty when it was last looked at.
  delete from public."TbIngestaoErro" q
  where q.ctid = any (array(
    select old.ctid
    from private.crowded_origins(
      v_client, v_total - (select config."nrErrosCliente" from private."TbConfiguracao" config)) o
    cross join lateral (
      select v.ctid from public."TbIngestaoErro" v
      where (coalesce(v."cdCliente", 0), v."dsOrigem", v."cdErro") >= (v_client, o."dsOrigem", 0)
        and (coalesce(v."cdCliente", 0), v."dsOrigem") <= (v_client, o."dsOrigem")
      order by coalesce(v."cdCliente", 0), v."dsOrigem", v."cdErro" limit o.surplus for update skip locked
    ) old));
  get diagnostics v_lost = row_count;
  update public."TbQuarentena" k set "nrPerdidos" = k."nrPerdidos" + v_lost, "dtPerda" = clock_timestamp()
  where k."cdCliente" is not distinct from p_client and v_lost > 0;
end
$$;
comment on function private.trim_quarantine is
  'Deletes the oldest rows of a full quarantine where most of them come from.';
revoke all on function private.trim_quarantine from public;
