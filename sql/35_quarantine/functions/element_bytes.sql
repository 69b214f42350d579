-- The bytes by which an element is known in quarantine: the text of its jsonb, the same for any order of keys
-- and spacing; or, for an element that jsonb cannot hold, the bytes kept by the program that read it.
-- Inlined: no SET clause.
create function private.element_bytes(p_element jsonb)
returns table (hash bytea, bytes bytea, size bigint, is_whole boolean)
language sql immutable as $$
  select case when c.is_wrapped then decode(p_element ->> '$hash', 'hex') else sha256(c.bytes) end,
         c.bytes,
         case when c.is_wrapped
           then greatest(private.read_integer(p_element -> '$tamanho'), octet_length(c.bytes))
           else octet_length(c.bytes) end,
         not c.is_wrapped
  from (
    select p.is_wrapped,
           case when p.is_wrapped then private.read_base64(p_element ->> '$payload')
                else convert_to(p_element::text, 'UTF8') end as bytes
    from (
      select case when p_element ? '$payload' then private.is_wrapped_payload(p_element)
                  else false end as is_wrapped
      offset 0 -- each is computed once
    ) p
    offset 0
  ) c
$$;
comment on function private.element_bytes is 'Canonical bytes of an element, their SHA-256 and full length.';
revoke all on function private.element_bytes from public;
