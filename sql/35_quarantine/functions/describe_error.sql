-- dsPayload is null where the bytes are not UTF-8; dsPayloadBase64 always has them.
-- Who may call it: the API roles, for get_erros_ingestao.
create function private.describe_error(p_error public."TbIngestaoErro") returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_error) - '{dsHash,dsPayload,cdCliente}'::text[] || jsonb_build_object(
    'dsPayload', private.utf8_text(p_error."dsPayload"),
    'dsPayloadBase64', translate(encode(p_error."dsPayload", 'base64'), E'\n', ''))
$$;
comment on function private.describe_error is 'A quarantined payload as JSON.';
revoke all on function private.describe_error from public;
grant execute on function private.describe_error to authenticated, service_role;
