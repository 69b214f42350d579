-- An element as it is stored when it comes out of quarantine: dated when it first arrived if it carries no
-- time, and for the client whose quarantine it was in, whoever replays it. So a device that was another
-- client's, or has become it, gets nothing of it: cdCliente asserts the owner or its parent.
-- p_client  null: it belongs to no client, so only the service has it
-- Called by private.quarantined_batch and public.reprocessar_payload.
create function private.replayed_element(p_element jsonb, p_client integer, p_received_at timestamptz)
returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case when jsonb_typeof(p_element) <> 'object' then p_element else
    p_element
    || case when coalesce(p_element -> 'dtRegistro', 'null') = 'null'
         then jsonb_build_object(
           'dtRegistro', to_char(p_received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
         else '{}' end
    || case when p_client is not null
              and (coalesce(p_element -> 'cdCliente', 'null') = 'null'
                   or exists (
                     select from public."TbDispositivo" d
                     join public."TbCliente" owner on owner."cdCliente" = d."cdCliente"
                     where d."cdDispositivo" = private.read_integer(p_element -> 'cdDispositivo')
                       and not coalesce(p_client in (owner."cdCliente", owner."cdClientePai"), false)))
         then jsonb_build_object('cdCliente', p_client)
         else '{}' end
  end
$$;
comment on function private.replayed_element is
  'A quarantined element with the client and time for which it is stored.';
revoke all on function private.replayed_element from public;
