-- PostgREST has few connections for everybody, and a request has one for as long as its statements take. So a
-- caller and a client have some at a time; what they send beyond is refused before it reads anything, and
-- others need not wait. People without a client have one share together. The service is not bounded, as it
-- sends for everybody. Slots are locks of the transaction, which a standby has too. Part of
-- private.admit_caller.
-- Raises PT503 BUSY.
create function private.take_share(p_caller private.identity) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_limits private."TbConfiguracao";
begin
  if p_caller.is_service then
    return;
  end if;
  select * into v_limits from private."TbConfiguracao";
  if not private.take_slot(727474000, coalesce(p_caller."cdCliente", 0), v_limits."nrRequisicoesCliente")
     or p_caller."dsChamador" is not null
        and not private.take_slot(727475000, hashtext(p_caller."dsChamador"),
                                  v_limits."nrRequisicoesChamador") then
    raise sqlstate 'PT503' using hint = 'BUSY', detail = '1',
      message = 'Too many of your requests are running; wait until one of them has been answered.';
  end if;
end
$$;
comment on function private.take_share is
  'Bounds how many requests of a caller, and of a client, run at a time through PostgREST.';
revoke all on function private.take_share from public;
