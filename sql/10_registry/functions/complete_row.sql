-- A new row with its defaults (private.row_defaults), its geofence and its point as they are stored.
-- Without SET clause, to be inlined: an import has thousands of rows.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
create function private.complete_row(p_kind private.entity_kind, p_defaults jsonb, p_data jsonb)
returns jsonb
language sql stable as $$
  select p_defaults || jsonb_strip_nulls(p_data)
    || case when p_kind.table_name = 'TbDestinatario' and p_data ->> 'dsCerca' is not null
         then jsonb_build_object('dsCerca', private.plain_geofence(p_data -> 'dsCerca')) else '{}' end
    || case when p_kind.table_name = 'TbSensor' and p_data ->> 'dsPonto' is not null
         then jsonb_build_object('dsPonto', normalize(p_data ->> 'dsPonto', nfc)) else '{}' end
    || case when p_kind.table_name = 'TbTipoSensor'
         then jsonb_build_object('dsNome', normalize(btrim(p_data ->> 'dsNome'), nfc),
                                 'dsUnidade', nullif(normalize(btrim(p_data ->> 'dsUnidade'), nfc), ''))
         else '{}' end
$$;
comment on function private.complete_row is 'A new row with the values its sender may leave out.';
revoke all on function private.complete_row from public;
grant execute on function private.complete_row to authenticated, service_role;
