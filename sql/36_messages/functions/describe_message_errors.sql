-- Part of the answer of public.insert_device_messages and public.reprocessar_payload.
create function private.describe_message_errors(p_messages private.device_message[]) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'index', m.batch_index, 'verdict', m.verdict, 'error', m."dsTexto",
    'error_code', private.public_reason(m."dsErro")) order by m.batch_index), '[]')
  from unnest(p_messages) m where m."dsErro" is not null
$$;
comment on function private.describe_message_errors is 'Messages that were not stored, and why, as JSON.';
revoke all on function private.describe_message_errors from public;
