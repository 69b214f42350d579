-- How a quarantined payload is told. Bytes that are no UTF-8 have no text.
create function private.texto_utf8(p_bytes bytea) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return convert_from(p_bytes, 'UTF8');
exception
  when character_not_in_repertoire or untranslatable_character then
    return null;
end
$$;
comment on function private.texto_utf8(bytea) is 'The text of these bytes; null when they are no UTF-8.';
revoke all on function private.texto_utf8(bytea) from public;
grant execute on function private.texto_utf8(bytea) to authenticated, service_role;

create function private.descrever_erro(p_erro public."TbIngestaoErro") returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_erro) - '{dsHash,dsPayload,cdCliente}'::text[] || jsonb_build_object(
    'dsPayload', private.texto_utf8(p_erro."dsPayload"),
    'dsPayloadBase64', translate(encode(p_erro."dsPayload", 'base64'), E'\n', ''))
$$;
comment on function private.descrever_erro(public."TbIngestaoErro") is 'A quarantined payload as JSON.';
revoke all on function private.descrever_erro(public."TbIngestaoErro") from public;
grant execute on function private.descrever_erro(public."TbIngestaoErro") to authenticated, service_role;
