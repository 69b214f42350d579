-- Maintenance step: deletes expired positions and values, a day of one client, or device with a floor of its
-- own, per call. As with the
-- watermark, the new floor is announced first, then noted from which transaction on every writer knows of it,
-- and data is deleted once all older transactions have ended: no late row can be stored for a time that is
-- already deleted. See private.advance_watermark.
-- Returns how much it did; 0 when nothing has expired.
create function private.expire_raw() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_floor private."TbRetencaoPiso";
  v_since timestamp;
  v_until timestamp;
  v_done integer := 0;
begin
  select m.* into v_state from private."TbRollupMarca" m for update; -- no rollup changes meanwhile
  if private.announce_expiry(v_state."dtMarca") then
    return 1;
  end if;

  select f.* into v_floor
  from private."TbRetencaoPiso" f join private.retention_deadlines() p using ("cdCliente", "cdDispositivo")
  where f."dtBruto" < f."dtAnunciado" and f."xiAnuncio" is not null
  order by f."dtBruto", f."cdCliente", f."cdDispositivo" limit 1;
  if v_floor."cdCliente" is null or not private.announcement_is_known(v_floor."xiAnuncio")
     -- everything must be summed up before
     or exists (select from private."TbRollupPendente" p
                where p."dtHora" < v_floor."dtAnunciado" and isfinite(p."dtHora"))
     or private.series_start() < v_state."dtPiso" then
    return 0;
  end if;

  v_since := greatest(v_floor."dtBruto", private.series_start());
  v_until := least(greatest(v_since, v_floor."dtBruto") + interval '1 day', v_floor."dtAnunciado");
  if v_since < v_until then
    v_done := private.delete_raw_day(v_floor."cdCliente", v_floor."cdDispositivo", v_since, v_until);
  end if;
  update private."TbRetencaoPiso" f set "dtBruto" = v_until
  where f."cdCliente" = v_floor."cdCliente" and f."cdDispositivo" = v_floor."cdDispositivo";
  return v_done + 1;
end
$$;
comment on function private.expire_raw is 'Maintenance step: deletes expired positions and values.';
revoke all on function private.expire_raw from public;
