-- Whose child a client is decides who sees it: only the service changes that.
create function private.recusar_troca_de_pai() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not private.eh_servico() then
    raise sqlstate 'PT403' using message = 'Only the service changes the parent of a client', hint = 'FORBIDDEN';
  end if;
  return new;
end
$$;
comment on function private.recusar_troca_de_pai() is 'Refuses to change the parent of a client.';
revoke all on function private.recusar_troca_de_pai() from public;

create trigger "TbCliente_pai" before update of "cdClientePai" on public."TbCliente"
  for each row when (new."cdClientePai" is distinct from old."cdClientePai")
  execute function private.recusar_troca_de_pai();
comment on trigger "TbCliente_pai" on public."TbCliente" is 'Only the service changes the parent of a client.';
