-- Verdicts of messages as those of elements, for functions that only count them.
create function private.messages_as_elements(p_messages private.device_message[]) returns private.element[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(
    select jsonb_populate_record(null::private.element, jsonb_build_object(
      'batch_index', m.batch_index, 'verdict', m.verdict, 'dsErro', m."dsErro", 'dsTexto', m."dsTexto",
      'is_untimed', false))
    from unnest(p_messages) m order by m.batch_index)
$$;
comment on function private.messages_as_elements is 'Verdicts of messages as elements.';
revoke all on function private.messages_as_elements from public;
