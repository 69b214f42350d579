-- Ingestion marks what is late for a whole batch (private.marcar_pendentes) and says so in rastro.marcas; whatever else writes
-- or deletes time series is marked here. In a transaction with one snapshot everything is marked: it may not see what was
-- announced meanwhile.
create function private.marca_anunciada() returns timestamp
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select case when current_setting('transaction_isolation') = 'read committed' then m."dtAnunciada" else 'infinity' end
  from private."TbRollupMarca" m
$$;
comment on function private.marca_anunciada() is 'What is older than this must be marked when it is written.';
revoke all on function private.marca_anunciada() from public;

create function private.marcar_inserido() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_expirado timestamp := (select f."dtAnunciado" from private."TbRetencaoPiso" f where f."cdCliente" = new."cdCliente");
begin
  if new."dtRegistro" < v_expirado then
    raise sqlstate 'PT400' using hint = 'TIMESTAMP_OUT_OF_RANGE', detail = 'They would not be kept: see TbPoliticaRetencao.',
      message = format('dtRegistro %s: readings of client %s before %s UTC have expired', new."dtRegistro", new."cdCliente", v_expirado);
  end if;
  if new."dtRegistro" < private.marca_anunciada() then
    insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo")
    values (date_trunc('hour', new."dtRegistro"), (to_jsonb(new) ->> 'cdSensor')::integer,
            case when tg_argv[0] = 'TbPosicao' then (to_jsonb(new) ->> 'cdDispositivo')::integer end);
  end if;
  return null;
end
$$;
comment on function private.marcar_inserido() is 'Marks the hour of a row that did not come through ingestion; refuses what would have expired.';
revoke all on function private.marcar_inserido() from public;

create function private.marcar_leituras_mudadas() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_anunciada timestamp := private.marca_anunciada();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdSensor")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdSensor" from mudadas m where m."dtRegistro" < v_anunciada;
  return null;
end
$$;
comment on function private.marcar_leituras_mudadas() is 'Marks the hours of readings that were deleted or changed.';
revoke all on function private.marcar_leituras_mudadas() from public;

create function private.marcar_posicoes_mudadas() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_anunciada timestamp := private.marca_anunciada();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdDispositivo" from mudadas m where m."dtRegistro" < v_anunciada;
  return null;
end
$$;
comment on function private.marcar_posicoes_mudadas() is 'Marks the hours of positions that were deleted or changed.';
revoke all on function private.marcar_posicoes_mudadas() from public;

create function private.esvaziar_rollups() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'TbSensorRegistro' then
    truncate public."TbSensorRegistro1m", public."TbSensorRegistro5m", public."TbSensorRegistro1h", public."TbSensorRegistro1d";
  else
    truncate public."TbContagemDiaria";
  end if;
  return null;
end
$$;
comment on function private.esvaziar_rollups() is 'Rollups and counters go with what they were made of.';
revoke all on function private.esvaziar_rollups() from public;

create function private.marcar_janela() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo") values ('-infinity', new."cdDispositivo");
  return null;
end
$$;
comment on function private.marcar_janela() is 'Asks for the days of a device to be counted anew.';
revoke all on function private.marcar_janela() from public;
