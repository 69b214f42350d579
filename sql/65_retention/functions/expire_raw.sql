-- One piece of what one client's policy asks for. As with the watermark: announce, wait for whoever may not
-- know, do it.
create function private.expire_raw() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_watermark private."TbRollupMarca";
  v_floor private."TbRetencaoPiso";
  v_since timestamp;
  v_until timestamp;
  v_done integer := 0;
begin
  select m.* into v_watermark from private."TbRollupMarca" m for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" as f ("cdCliente", "dtAnunciado")
  select p."cdCliente", p.raw from private.retention_deadlines() p
  where p.raw < v_watermark."dtMarca"
  on conflict ("cdCliente") do update set "dtAnunciado" = excluded."dtAnunciado", "xiAnuncio" = null, "dtAnuncio" = now()
    where f."dtAnunciado" < excluded."dtAnunciado" and f."dtBruto" = f."dtAnunciado";
  if found then
    return 1;
  end if;
  update private."TbRetencaoPiso" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot())
  where "dtBruto" < "dtAnunciado" and "xiAnuncio" is null and "dtAnuncio" <> now();
  if found then
    return 1;
  end if;

  select f.* into v_floor from private."TbRetencaoPiso" f join private.retention_deadlines() p on p."cdCliente" = f."cdCliente"
  where f."dtBruto" < f."dtAnunciado" and f."xiAnuncio" is not null order by f."dtBruto", f."cdCliente" limit 1;
  if v_floor."cdCliente" is null or not private.announcement_is_known(v_floor."xiAnuncio")
     -- all of it must be summed up
     or exists (select from private."TbRollupPendente" p where p."dtHora" < v_floor."dtAnunciado" and isfinite(p."dtHora"))
     or private.series_start() < v_watermark."dtPiso" then
    return 0;
  end if;
  v_since := greatest(v_floor."dtBruto", private.series_start());
  v_until := least(greatest(v_since, v_floor."dtBruto") + interval '1 day', v_floor."dtAnunciado");
  if v_since < v_until then
    v_done := private.delete_raw_day(v_floor."cdCliente", v_since, v_until);
  end if;
  update private."TbRetencaoPiso" f set "dtBruto" = v_until where f."cdCliente" = v_floor."cdCliente";
  return v_done + 1;
end
$$;
comment on function private.expire_raw is
  'Lets positions and readings go whose time is over, a day of a client at a time.';
revoke all on function private.expire_raw from public;
