create function private.ler_base64(p_texto text) returns bytea
language sql immutable set search_path = pg_catalog, pg_temp as $$
  -- anything that is no base64 is kept as it came
  select case when p_texto ~ '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' then decode(p_texto, 'base64')
              else convert_to(p_texto, 'UTF8') end
$$;
comment on function private.ler_base64(text) is 'The bytes of a base64 text.';
revoke all on function private.ler_base64(text) from public;

-- The bytes by which an element is known in quarantine: jsonb's own text, the same for any order of keys and spacing; or,
-- for an element that jsonb cannot hold, the bytes that whoever read it kept.
create function private.bytes_do_elemento(p_elemento jsonb)
returns table (hash bytea, bytes bytea, tamanho bigint, inteiro boolean)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when c.cru then decode(p_elemento ->> '$hash', 'hex') else sha256(c.bytes) end,
         c.bytes,
         case when c.cru then greatest(private.ler_inteiro(p_elemento -> '$tamanho'), octet_length(c.bytes))
              else octet_length(c.bytes) end,
         not c.cru
  from (
    select p.cru, case when p.cru then private.ler_base64(p_elemento ->> '$payload')
                       else convert_to(p_elemento::text, 'UTF8') end as bytes
    from (select private.eh_embrulho(p_elemento) as cru) p
  ) c
$$;
comment on function private.bytes_do_elemento(jsonb) is 'Canonical bytes of an element, their SHA-256 and full length.';
revoke all on function private.bytes_do_elemento(jsonb) from public;
