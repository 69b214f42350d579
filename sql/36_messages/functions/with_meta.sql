-- A device as it is answered, with what it last said of itself to its present owner.
-- Who may call it: every API role, as the functions of the registry run as their caller; row-level security
-- decides what is shown.
create function private.with_meta(p_device jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select p_device || coalesce((
    select jsonb_build_object('jsMeta', m."jsMeta", 'dtMeta', m."dtRegistro")
    from public."TbDispositivoMeta" m
    where m."cdDispositivo" = (p_device ->> 'cdDispositivo')::integer
      and m."cdCliente" = (p_device ->> 'cdCliente')::integer),
    '{"jsMeta": null, "dtMeta": null}')
$$;
comment on function private.with_meta is 'A device with the latest meta of its readings.';
revoke all on function private.with_meta from public;
grant execute on function private.with_meta to authenticated, service_role;
