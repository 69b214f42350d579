-- Puts packed rollups back as rows, chunk by chunk. A chunk that is damaged is not: its hours are marked
-- dirty by whoever finds that (private.verify_packs), or its values have expired and it stays as it is.
create function private.unpack_buckets(p_chunks bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_chunks bigint[];
  v_since timestamp;
  v_until timestamp;
begin
  select array_agg(c."cdPacote"), min(c."dtInicio"), max(c."dtFim") into v_chunks, v_since, v_until
  from series."TbRollupFrio" c where c."cdPacote" = any (p_chunks) and not c."blDanificado";
  if v_chunks is null then
    return;
  end if;
  perform private.require_intact('TbRollupFrio', v_chunks);
  insert into series."TbSensorRegistro1m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select u."dtBucket", u."nrSoma", u."nrMin", u."nrMax", u."nrQtd", u."cdSensor", u."cdCliente",
         u."cdProdutoItem"
  from private.unpacked_buckets(1, v_since, v_until) u where u."cdPacote" = any (v_chunks);
  insert into series."TbSensorRegistro5m" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select u."dtBucket", u."nrSoma", u."nrMin", u."nrMax", u."nrQtd", u."cdSensor", u."cdCliente",
         u."cdProdutoItem"
  from private.unpacked_buckets(5, v_since, v_until) u where u."cdPacote" = any (v_chunks);
  insert into series."TbSensorRegistro1h" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem", "nrFino")
  select u."dtBucket", u."nrSoma", u."nrMin", u."nrMax", u."nrQtd", u."cdSensor", u."cdCliente",
         u."cdProdutoItem", u."nrFino"
  from private.unpacked_buckets(60, v_since, v_until) u where u."cdPacote" = any (v_chunks);
  delete from series."TbRollupFrio" c where c."cdPacote" = any (v_chunks);
end
$$;
comment on function private.unpack_buckets is 'Puts packed rollups back as rows.';
revoke all on function private.unpack_buckets from public;
