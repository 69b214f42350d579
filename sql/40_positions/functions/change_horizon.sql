-- How changes are found that commit late: by transaction, not by clock. A row that changed has the number of
-- its transaction (TbPosicaoAtual.nrTransacao). Every transaction below the horizon has ended, so this
-- snapshot shows what it committed: whoever asks next for rows from this horizon on misses nothing. While an
-- old transaction is open the horizon stands still, and rows are repeated. It holds on a read replica too.
-- Inlined: no SET clause.
create function private.change_horizon() returns xid8
language sql stable parallel safe as $$
  select pg_snapshot_xmin(pg_current_snapshot())
$$;
comment on function private.change_horizon is
  'The lowest transaction that this snapshot may not show; the horizon from which to ask next.';
revoke all on function private.change_horizon from public;
grant execute on function private.change_horizon to authenticated, service_role;
