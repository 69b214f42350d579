-- What a new row has where its sender says nothing: the client it belongs to is the caller's, unless it names
-- another. A client that names no parent becomes a child of the caller's, and a sensor type of the service is
-- for all. Key and time are PostgreSQL's.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
create function private.row_defaults(p_kind private.entity_kind, p_caller private.identity) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
      when p_kind.table_name = 'TbCliente' then jsonb_build_object('cdClientePai', p_caller."cdCliente")
      when exists (
        select from pg_catalog.pg_attribute a
        where a.attrelid = format('public.%I', p_kind.table_name)::regclass and a.attname = 'cdCliente')
      then jsonb_build_object('cdCliente', p_caller."cdCliente")
      else '{}'
    end
    || case p_kind.table_name
         when 'TbDispositivo' then '{"cdUnidadeBat": "V"}'
         when 'TbTipoSensor' then '{"dsAgregacao": "mean"}'
         else '{}' end::jsonb
    || case when p_kind.table_name = 'TbTipoSensor' and p_caller.is_service
         then '{"cdCliente": null}' else '{}' end::jsonb
$$;
comment on function private.row_defaults is 'The values that the sender of a new row may leave out.';
revoke all on function private.row_defaults from public;
grant execute on function private.row_defaults to authenticated, service_role;
