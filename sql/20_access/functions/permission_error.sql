-- Why a known caller may not do what needs this permission; null where it may, and for no permission. Called
-- by private.require_permission and public.conferir_chamador. Inlined: no SET clause, full names.
create function private.permission_error(p_caller private.identity, p_permission text) returns text
language sql immutable parallel safe as $$
  select case
    when not p_permission = any (p_caller."dsPermissoes")
      then format('This needs the permission "%s"', left(p_permission, 50))
    when p_permission = 'ingest' and cardinality(p_caller."cdClientes") = 0
      then 'The caller acts for no client'
  end
$$;
comment on function private.permission_error is 'Why a caller lacks a permission; null where it has it.';
revoke all on function private.permission_error from public;
