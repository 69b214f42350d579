-- PostgREST has few connections for everybody, and a request has one for as long as its statements take. So a
-- caller and a client have some at a time; what they send beyond is refused before it reads anything, and
-- others need not wait. People without a client, who have nothing to do but join one, have two each, and
-- together as many as a client: accounts are easily made. The service is not bounded, as it sends for
-- everybody. Slots are locks that end with the transaction; a standby has its own, for what it is asked.
-- Part of private.admit_caller.
-- p_caller   all null for a token whose account is not known
-- p_sub      of the token, if there is one
-- Raises PT503 BUSY.
create function private.take_share(p_caller private.identity, p_sub text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_limits private."TbConfiguracao";
  v_caller text := coalesce(p_caller."dsChamador", 'user:' || lower(p_sub), '');
begin
  if p_caller.is_service then
    return;
  end if;
  select * into v_limits from private."TbConfiguracao";
  if not private.take_slot(727475000, hashtext(v_caller), case when p_caller."cdCliente" is null
       then least(2, v_limits."nrRequisicoesChamador") else v_limits."nrRequisicoesChamador" end)
     or not private.take_slot(727474000, coalesce(p_caller."cdCliente", 0),
                              v_limits."nrRequisicoesCliente") then
    raise sqlstate 'PT503' using hint = 'BUSY', detail = '1',
      message = 'Too many of your requests are running; wait until one of them has been answered.';
  end if;
end
$$;
comment on function private.take_share is
  'Bounds how many requests of a caller, and of a client, run at a time through PostgREST.';
revoke all on function private.take_share from public;
