-- One piece of what one client's policy asks for. As with the watermark: announce, wait for whoever may not know, do it.
create function private.expirar_brutos() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_piso private."TbRetencaoPiso";
  v_de timestamp;
  v_ate timestamp;
  v_feitas integer := 0;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" as f ("cdCliente", "dtAnunciado")
  select p."cdCliente", p.bruto from private.prazos() p
  where p.bruto < v_marca."dtMarca"
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

  select f.* into v_piso from private."TbRetencaoPiso" f join private.prazos() p on p."cdCliente" = f."cdCliente"
  where f."dtBruto" < f."dtAnunciado" and f."xiAnuncio" is not null order by f."dtBruto", f."cdCliente" limit 1;
  if v_piso."cdCliente" is null or not private.anuncio_conhecido(v_piso."xiAnuncio")
     -- all of it must be summed up
     or exists (select from private."TbRollupPendente" p where p."dtHora" < v_piso."dtAnunciado" and isfinite(p."dtHora"))
     or private.inicio_das_series() < v_marca."dtPiso" then
    return 0;
  end if;
  v_de := greatest(v_piso."dtBruto", private.inicio_das_series());
  v_ate := least(greatest(v_de, v_piso."dtBruto") + interval '1 day', v_piso."dtAnunciado");
  if v_de < v_ate then
    v_feitas := private.apagar_brutos(v_piso."cdCliente", v_de, v_ate);
  end if;
  update private."TbRetencaoPiso" f set "dtBruto" = v_ate where f."cdCliente" = v_piso."cdCliente";
  return v_feitas + 1;
end
$$;
comment on function private.expirar_brutos() is 'Lets positions and readings go whose time is over, a day of a client at a time.';
revoke all on function private.expirar_brutos() from public;

-- Rollups, once a day for each client. An hour says what is left of it.
create function private.expirar_rollups() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_cliente integer;
  v_ate record;
  v_linhas integer;
  v_total integer := 0;
begin
  perform from private."TbRollupMarca" for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" ("cdCliente") select p."cdCliente" from private.prazos() p on conflict do nothing;
  select f."cdCliente", greatest(p.um, f.dt1m) as um, greatest(p.cinco, f.dt5m) as cinco,
         greatest(least(coalesce(p.hora, '-infinity'), f."dtBruto"), f.dt1h) as hora -- null is for ever
  into v_ate
  from private."TbRetencaoPiso" f join private.prazos() p on p."cdCliente" = f."cdCliente"
  where f.dt1m < p.um or f.dt5m < p.cinco or f.dt1h < least(coalesce(p.hora, '-infinity'), f."dtBruto")
  order by f."cdCliente" limit 1;
  v_cliente := v_ate."cdCliente";
  if v_cliente is null then
    return 0;
  end if;
  delete from public."TbSensorRegistro1m" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.um;
  get diagnostics v_total = row_count;
  delete from public."TbSensorRegistro5m" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.cinco;
  get diagnostics v_linhas = row_count;
  v_total := v_total + v_linhas;
  delete from public."TbSensorRegistro1h" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.hora;
  get diagnostics v_linhas = row_count;
  v_total := v_total + v_linhas;
  delete from public."TbSensorRegistro1d" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.hora;
  update public."TbSensorRegistro1h" b set "nrFino" = case when b."dtBucket" < v_ate.cinco then 60 else 5 end
  where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.um
    and b."nrFino" < case when b."dtBucket" < v_ate.cinco then 60 else 5 end;
  update private."TbRetencaoPiso" f set dt1m = v_ate.um, dt5m = v_ate.cinco, dt1h = v_ate.hora where f."cdCliente" = v_cliente;
  return v_total + 1;
end
$$;
comment on function private.expirar_rollups() is 'Lets rollups of a client go whose time is over; returns how many.';
revoke all on function private.expirar_rollups() from public;
