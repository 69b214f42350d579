-- Gives a client a retention policy of its own; in days, null: for ever. What is older is deleted by the next
-- maintenance, for good: prever_retencao says what that is.
-- Who: admins, of the clients they manage. Security definer: API roles may not write policies.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.mudar_retencao(
  p_cd_cliente integer, p_nr_dias_bruto integer, p_nr_dias_1m integer, p_nr_dias_5m integer,
  p_nr_dias_1h integer
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_managed_client(p_cd_cliente);
  begin
    insert into public."TbPoliticaRetencao" as p (
      "cdCliente", "nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")
    values (p_cd_cliente, p_nr_dias_bruto, p_nr_dias_1m, p_nr_dias_5m, p_nr_dias_1h)
    on conflict ("cdCliente") do update
      set "nrDiasBruto" = excluded."nrDiasBruto", "nrDias1m" = excluded."nrDias1m",
          "nrDias5m" = excluded."nrDias5m", "nrDias1h" = excluded."nrDias1h";
  exception when check_violation then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'Days must be 2 to 36500, or null (for ever); nrDias1m <= nrDias5m <= nrDias1h, and '
                'nrDiasBruto <= nrDias1h';
  end;
  return private.describe_policy(p_cd_cliente);
end
$$;
comment on function public.mudar_retencao is 'Gives a client a retention policy of its own.';
revoke all on function public.mudar_retencao from public;
grant execute on function public.mudar_retencao to authenticated, service_role;
