-- What a full quarantine does: it refuses the whole request, so that nothing is lost silently and the sender
-- keeps its readings. A client's quarantine is full with nrErrosCliente payloads (TbConfiguracao). Checked
-- after writing, so that what this request adds is counted; raising undoes it. Called by every function that
-- quarantines. Raises PT429 TOO_MANY_REQUESTS; detail: seconds to wait.
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
          where q."cdCliente" = v_client or q."cdCliente" is null and v_client is null
          limit v_limit + 1) n) > v_limit then
      raise sqlstate 'PT429' using hint = 'TOO_MANY_REQUESTS', detail = '3600',
        message = format('The quarantine is full: it holds %s payloads. Fix their cause and replay them.',
                         v_limit);
    end if;
  end loop;
end
$$;
comment on function private.require_quarantine_room is
  'Raises PT429 when the request would overfill the quarantine of a client.';
revoke all on function private.require_quarantine_room from public;
