-- Without the enrolment code the person joined by. Called by functions that manage people.
create function private.describe_person(p_person public.profiles) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_person) - 'cdChave'
$$;
comment on function private.describe_person is 'A person as JSON.';
revoke all on function private.describe_person from public;
