-- dsPayload is null where the bytes are not UTF-8; dsPayloadBase64 always has them.
create function private.describe_error(p_error public."TbIngestaoErro", p_is_foreign boolean) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_error) - '{dsHash,dsPayload,blDispositivo,dsOrigem}'::text[] || jsonb_build_object(
    'dsMotivo', case when p_is_foreign then 'FORBIDDEN_DEVICE' else p_error."dsMotivo" end,
    'dsPayload', private.utf8_text(p_error."dsPayload"),
    'dsPayloadBase64', translate(encode(p_error."dsPayload", 'base64'), E'\n', ''))
$$;
comment on function private.describe_error is 'A quarantined payload as JSON.';
revoke all on function private.describe_error from public;
