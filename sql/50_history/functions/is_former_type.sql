-- Whether the history of a former owner refers to a sensor type: it names types by number only
-- (TbDispositivoVinculo). Types of a client never come there, as their sensors do not leave it.
create function private.is_former_type(p_type bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbDispositivoVinculo" v cross join jsonb_each(v."jsSensores") e
    where e.value ->> 0 = p_type::text)
$$;
comment on function private.is_former_type is
  'Whether the history of a former owner refers to a sensor type.';
revoke all on function private.is_former_type from public;
