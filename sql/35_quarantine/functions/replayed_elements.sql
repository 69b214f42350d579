-- Elements without a time are a microsecond apart, as in an ordinary batch. Called by
-- public.reprocessar_payload.
create function private.replayed_elements(p_elements jsonb, p_client integer, p_received_at timestamptz)
returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(
    private.replayed_element(o.e, p_client, p_received_at + (o.n - 1) * interval '1 microsecond')
    order by o.n), '[]')
  from jsonb_array_elements(p_elements) with ordinality as o(e, n)
$$;
comment on function private.replayed_elements is
  'What an adapter read from a quarantined message, with client and time.';
revoke all on function private.replayed_elements from public;
