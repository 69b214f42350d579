-- Checked after writing, so that it counts what this request adds; raising takes that back.
create function private.require_quarantine_room(p_errors bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_limit integer := (select "nrErrosCliente" from private."TbConfiguracao");
  v_client integer;
begin
  for v_client in
    select distinct q."cdCliente" from public."TbIngestaoErro" q where q."cdErro" = any (p_errors)
  loop
    if (select count(*) from (
          select from public."TbIngestaoErro" q
          where q."cdCliente" = v_client or q."cdCliente" is null and v_client is null limit v_limit + 1) n) > v_limit then
      raise sqlstate 'PT429' using hint = 'TOO_MANY_REQUESTS', detail = '3600',
        message = format('Quarantine is full: %s payloads wait. Mend their cause and replay them', v_limit);
    end if;
  end loop;
end
$$;
comment on function private.require_quarantine_room is 'Refuses the request when it fills the quarantine of a client.';
revoke all on function private.require_quarantine_room from public;
