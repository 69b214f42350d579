-- A row in the audit log that does not name a person: the code of the deletion replaces the id, and the row
-- of the person, or of a key of it, loses what people call it. Part of private.forget_person.
create function private.without_person(p_row jsonb, p_person text, p_code text) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select replace(
    (case p_person
       when p_row ->> 'id' then p_row - '{nome,sobrenome,cargo}'::text[]
       when p_row ->> 'cdUsuario' then p_row - 'dsNome'
       else p_row
     end)::text, p_person, p_code)::jsonb
$$;
comment on function private.without_person is 'A row in the audit log that does not name a person.';
revoke all on function private.without_person from public;
