-- The hour of a late row that did not come through ingestion becomes dirty. A row older than the retention of
-- its client is rejected, as it would be deleted without ever being summed up. Trigger function, see
-- private.announced_watermark.
-- Security definer: nobody has rights on TbRollupPendente and TbRetencaoPiso, whoever writes.
-- Raises PT400 TIMESTAMP_OUT_OF_RANGE.
create function private.mark_inserted_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_expired timestamp := (
    select min(f."dtAnunciado") from private."TbRetencaoPiso" f
    where f."cdCliente" = new."cdCliente" and f."cdDispositivo" in (0, new."cdDispositivo"));
begin
  if new."dtRegistro" < v_expired then
    raise sqlstate 'PT400' using hint = 'TIMESTAMP_OUT_OF_RANGE',
      detail = 'The row would not be kept: see TbPoliticaRetencao.',
      message = format('dtRegistro %s: readings of client %s before %s UTC have expired',
                       new."dtRegistro", new."cdCliente", v_expired);
  end if;
  if new."dtRegistro" < private.announced_watermark() then
    insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo", "cdCliente")
    values (date_trunc('hour', new."dtRegistro"), (to_jsonb(new) ->> 'cdSensor')::integer,
            case when tg_argv[0] = 'TbPosicao' then (to_jsonb(new) ->> 'cdDispositivo')::integer end,
            case when tg_argv[0] <> 'TbPosicao' then new."cdCliente" end);
  end if;
  return null;
end
$$;
comment on function private.mark_inserted_row is
  'Marks the hour of a row that did not come through ingestion as dirty; rejects rows that have expired.';
revoke all on function private.mark_inserted_row from public;
