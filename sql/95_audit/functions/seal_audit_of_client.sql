-- What a deleted client did is for the service only, also if another client should ever get its code; that it
-- was deleted, for its parent. Codes that were deleted are not given again: the sequence is behind them.
-- Trigger function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.seal_audit_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_sequence text := pg_get_serial_sequence('public."TbCliente"', 'cdCliente');
  v_latest integer := (select max(r."cdCliente") from changed_rows r);
begin
  update public."TbAuditoria" a
  set "cdClienteApagado" = a."cdCliente",
      "cdCliente" = case when a."dsTabela" = 'TbCliente' and a."dsOperacao" = 'delete'
                         then (select r."cdClientePai" where r."cdClientePai" not in (
                                 select d."cdCliente" from changed_rows d)) end
  from changed_rows r
  where a."cdCliente" = r."cdCliente";
  if v_latest > coalesce(pg_sequence_last_value(v_sequence::regclass), 0) then
    perform setval(v_sequence, v_latest);
  end if;
  return null;
end
$$;
comment on function private.seal_audit_of_client is
  'Hides the audit log of deleted clients from whoever might get their codes.';
revoke all on function private.seal_audit_of_client from public;
