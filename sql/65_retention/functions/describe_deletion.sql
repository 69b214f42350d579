-- What the functions on deletion return. dsSoma: SHA-256 of what is in tabelas, the checksum of all.
create function private.describe_deletion(p_receipt public."TbReciboExclusao") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_receipt) - '{jsLinhas,cdUsuario,xiExclusao}'::text[] || jsonb_build_object(
    'dsSoma', encode(sha256(convert_to(p_receipt."jsLinhas"::text, 'UTF8')), 'hex'),
    'tabelas', (
      select coalesce(jsonb_agg(
               '{"dsOperacao": "delete", "dtPrimeira": null, "dtUltima": null}'::jsonb
               || jsonb_build_object('dsTabela', t.key) || t.value - 'nrSoma'
               || jsonb_build_object('dsSoma', t.value ->> 'nrSoma') order by t.key), '[]')
      from jsonb_each(p_receipt."jsLinhas") t))
$$;
comment on function private.describe_deletion is 'The receipt of a deletion, as JSON.';
revoke all on function private.describe_deletion from public;
