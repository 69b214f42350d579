create function private.mark_inserted_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_expired timestamp := (select f."dtAnunciado" from private."TbRetencaoPiso" f where f."cdCliente" = new."cdCliente");
begin
  if new."dtRegistro" < v_expired then
    raise sqlstate 'PT400' using hint = 'TIMESTAMP_OUT_OF_RANGE', detail = 'They would not be kept: see TbPoliticaRetencao.',
      message = format('dtRegistro %s: readings of client %s before %s UTC have expired', new."dtRegistro", new."cdCliente", v_expired);
  end if;
  if new."dtRegistro" < private.announced_watermark() then
    insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo")
    values (date_trunc('hour', new."dtRegistro"), (to_jsonb(new) ->> 'cdSensor')::integer,
            case when tg_argv[0] = 'TbPosicao' then (to_jsonb(new) ->> 'cdDispositivo')::integer end);
  end if;
  return null;
end
$$;
comment on function private.mark_inserted_row is 'Marks the hour of a row that did not come through ingestion; refuses what would have expired.';
revoke all on function private.mark_inserted_row from public;
