-- Code, hash, prefix and the time of making are new; the rest is as given.
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
  insert into public."TbApiKeys" select v_key.*;
  return private.describe_key(v_key) || jsonb_build_object('dsKey', v_text);
end
$$;
comment on function private.store_key is
  'Makes a key and keeps its hash; its text is in the answer and nowhere else.';
revoke all on function private.store_key from public;
