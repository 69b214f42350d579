-- A new row with the client it belongs to unless it names another. A client that names no parent becomes a
-- child of the caller's. Key and time are PostgreSQL's.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
create function private.complete_row(p_kind private.entity_kind, p_caller private.identity, p_data jsonb)
returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
      when p_kind.table_name = 'TbCliente' then jsonb_build_object('cdClientePai', p_caller."cdCliente")
      when exists (
        select from pg_catalog.pg_attribute a
        where a.attrelid = format('public.%I', p_kind.table_name)::regclass and a.attname = 'cdCliente')
      then jsonb_build_object('cdCliente', p_caller."cdCliente")
      else '{}'
    end
    || case p_kind.table_name when 'TbDispositivo' then '{"cdUnidadeBat": "V"}' else '{}' end::jsonb
    || jsonb_strip_nulls(p_data)
    || case when p_kind.table_name = 'TbDestinatario' and p_data ->> 'dsCerca' is not null
         then jsonb_build_object('dsCerca', private.plain_geofence(p_data -> 'dsCerca')) else '{}' end
    || case when p_kind.table_name = 'TbSensor' and p_data ->> 'dsPonto' is not null
         then jsonb_build_object('dsPonto', normalize(p_data ->> 'dsPonto', nfc)) else '{}' end
$$;
comment on function private.complete_row is 'A new row with the values its sender may leave out.';
revoke all on function private.complete_row from public;
grant execute on function private.complete_row to authenticated, service_role;
