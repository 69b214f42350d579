-- Code, hash, prefix and time of creation are new; the rest is as given. Called by public.criar_api_key and
-- public.rotacionar_api_key.
create function private.store_key(p_key public."TbApiKeys") returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_text text := private.generate_key();
  v_key public."TbApiKeys" := p_key;
begin
  v_key."cdApiKey" := gen_random_uuid();
  v_key."dsHash" := encode(sha256(convert_to(v_text, 'UTF8')), 'hex');
  v_key."dsPrefixo" := left(v_text, 12);
  v_key."blAtiva" := true;
  v_key."dtRegistro" := now();
  insert into public."TbApiKeys" as k select v_key.* returning k.* into v_key;
  return private.describe_key(v_key) || jsonb_build_object('dsKey', v_text);
end
$$;
comment on function private.store_key is
  'Creates a key and stores its hash; its text is returned and kept nowhere.';
revoke all on function private.store_key from public;
