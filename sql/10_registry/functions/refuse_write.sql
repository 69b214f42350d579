-- Why PostgreSQL refused a row, in words. p_state and p_constraint are those of the error it raised.
-- Who may call it: the API roles, for the functions that write the registry.
-- Raises PT403 FORBIDDEN (a policy or trigger), PT400 INVALID_PARAMETER (a value is missing or out of range),
-- PT409 CONFLICT (any other constraint).
create function private.refuse_write(
  p_kind private.entity_kind, p_data jsonb, p_state text, p_constraint text
) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_references text;
  v_reason text;
begin
  if p_state = '42501' then -- insufficient_privilege
    select string_agg(k, ', ' order by k) into v_references
    from jsonb_object_keys(p_data) k
    where k ~ '^cd[A-Z]' and k <> 'cdStatus';
    raise sqlstate 'PT403' using hint = 'FORBIDDEN',
      detail = coalesce(v_references, 'No reference was sent.'),
      message = 'The row would belong to a client, or refer to a row, that you do not manage';
  end if;

  v_reason := private.describe_constraint(p_kind, p_constraint);
  if p_state in ('23502', '23514') then -- not_null_violation, check_violation
    raise sqlstate 'PT400' using message = coalesce(v_reason, 'A value is missing'),
      hint = 'INVALID_PARAMETER';
  end if;
  raise sqlstate 'PT409' using message = coalesce(v_reason, 'This contradicts what is stored'),
    hint = 'CONFLICT';
end
$$;
comment on function private.refuse_write is
  'Raises PT403, PT400 or PT409 with the reason why a row is refused.';
revoke all on function private.refuse_write from public;
grant execute on function private.refuse_write to authenticated, service_role;
