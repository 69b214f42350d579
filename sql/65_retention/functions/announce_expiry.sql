-- Announces what expires next, or notes from which transaction on every writer knows of it. Part of
-- private.expire_raw.
-- p_watermark   only what is summed up can expire
-- Returns whether it did something.
create function private.announce_expiry(p_watermark timestamp) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbRetencaoPiso" as f ("cdCliente", "cdDispositivo", "dtAnunciado")
  select p."cdCliente", p."cdDispositivo", p.raw from private.retention_deadlines() p
  where p.raw < p_watermark
  on conflict ("cdCliente", "cdDispositivo") do update
    set "dtAnunciado" = excluded."dtAnunciado", "xiAnuncio" = null, "dtAnuncio" = now()
    where f."dtAnunciado" < excluded."dtAnunciado" and f."dtBruto" = f."dtAnunciado";
  if found then
    return true;
  end if;
  update private."TbRetencaoPiso" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot())
  where "dtBruto" < "dtAnunciado" and "xiAnuncio" is null and "dtAnuncio" <> now();
  return found;
end
$$;
comment on function private.announce_expiry is 'Announces up to when data of clients expires next.';
revoke all on function private.announce_expiry from public;
