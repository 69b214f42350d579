-- A hold stops expiry where it is: a held device gets a floor of its own (TbRetencaoPiso), which stays while
-- that of the client moves on. What was announced and is not deleted yet is kept, and accepted again.
-- Maintenance does not expire anything meanwhile, as it locks TbRollupMarca too. Trigger function.
-- Security definer: nobody has rights on TbRetencaoPiso.
create function private.hold_floors() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from private."TbRollupMarca" for update;
  if new."cdDispositivo" is not null then
    insert into private."TbRetencaoPiso" (
      "cdCliente", "cdDispositivo", "dtBruto", "dtAnunciado", "dt1m", "dt5m", "dt1h")
    select new."cdCliente", new."cdDispositivo", coalesce(f."dtBruto", '-infinity'),
           coalesce(f."dtBruto", '-infinity'), coalesce(f."dt1m", '-infinity'),
           coalesce(f."dt5m", '-infinity'), coalesce(f."dt1h", '-infinity')
    from (select) always
    left join private."TbRetencaoPiso" f on f."cdCliente" = new."cdCliente" and f."cdDispositivo" = 0
    on conflict do nothing; -- it was held before, and the rest has not caught up yet
  end if;
  update private."TbRetencaoPiso" f set "dtAnunciado" = f."dtBruto", "xiAnuncio" = null
  where f."cdCliente" = new."cdCliente" and f."dtBruto" < f."dtAnunciado"
    and (new."cdDispositivo" is null or f."cdDispositivo" = new."cdDispositivo");
  return null;
end
$$;
comment on function private.hold_floors is 'Stops the expiry of what a legal hold covers where it is now.';
revoke all on function private.hold_floors from public;
