-- Invites people to a client: whoever signs up with dsChave, or accepts it (aceitar_convite), joins.
-- p_cd_cliente  null: the caller's own;  p_nr_limite  how many may join, 1 to 999;  p_nr_dias  for how many days it is good, 1 to 90
-- Who: callers with the permission admin, for clients they act for.
-- Security definer: people and invitations are written by these functions alone.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no such client).
create function public.criar_convite(p_cd_cliente integer default null, p_nr_limite integer default 1, p_nr_dias integer default 7) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_convite public."TbClienteChave";
begin
  if not coalesce(p_nr_limite between 1 and 999 and p_nr_dias between 1 and 90, false) then
    raise sqlstate 'PT400' using message = 'nrLimite is 1 to 999 people, nrDias 1 to 90 days', hint = 'INVALID_PARAMETER';
  end if;
  perform private.exigir_cliente(v_chamador, coalesce(p_cd_cliente, v_chamador."cdCliente"));
  insert into public."TbClienteChave" ("dsChave", "nrLimite", "cdCliente", "dtExpiracao")
  values (replace(private.sortear_chave(), 'rastro_', 'convite_'), p_nr_limite, coalesce(p_cd_cliente, v_chamador."cdCliente"),
          now() + make_interval(days => p_nr_dias))
  returning * into v_convite;
  return to_jsonb(v_convite);
end
$$;
comment on function public.criar_convite(integer, integer, integer) is 'Invites people to a client.';
revoke all on function public.criar_convite(integer, integer, integer) from public;
grant execute on function public.criar_convite(integer, integer, integer) to authenticated, service_role;
