-- Invites people to a client: whoever signs up with dsChave, or accepts it (aceitar_convite), joins.
-- p_cd_cliente  null: the caller's own client
-- p_nr_limite   how many people may join, 1 to 999
-- p_nr_dias     for how many days it is valid, 1 to 90
-- Who: people with the permission admin, for clients they act for.
-- Security definer: API roles may not write invitations.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no such client).
create function public.criar_convite(
  p_cd_cliente integer default null, p_nr_limite integer default 1, p_nr_dias integer default 7
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_change();
  v_invitation public."TbClienteChave";
begin
  if not coalesce(p_nr_limite between 1 and 999 and p_nr_dias between 1 and 90, false) then
    raise sqlstate 'PT400' using message = 'nrLimite must be 1 to 999 people, nrDias 1 to 90 days',
      hint = 'INVALID_PARAMETER';
  end if;
  perform private.require_client(v_caller, coalesce(p_cd_cliente, v_caller."cdCliente"));
  insert into public."TbClienteChave" ("dsChave", "nrLimite", "cdCliente", "dtExpiracao")
  values (
    replace(private.generate_key(), 'rastro_', 'convite_'), p_nr_limite,
    coalesce(p_cd_cliente, v_caller."cdCliente"), now() + make_interval(days => p_nr_dias))
  returning * into v_invitation;
  return to_jsonb(v_invitation);
end
$$;
comment on function public.criar_convite is 'Invites people to a client.';
revoke all on function public.criar_convite from public;
grant execute on function public.criar_convite to authenticated, service_role;
