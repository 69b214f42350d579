-- The room 60_rpc. Pasted from sql/ by scripts/new-migration.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- sql/60_rpc/01_insert_device_readings.sql
-- The batch of readings, and the one way in: judged and stored in one transaction, one verdict per element.
-- p_readings     [{cdCliente?, cdDispositivo, dtRegistro?, nrBat?, nrSeq?, latitude?, longitude?,
--                  sensores: [{cdSensor | dsPonto, nrValor | blValor | dsValor, cdProdutoItem?, nrQualidade?}]}]
-- p_validar      judges and stores nothing
-- p_so_excecoes  results only for conflict and rejected
-- Who: callers with the permission ingest. Security definer: API roles may not write time series.
-- Raises PT400 MALFORMED (no list), PT401, PT403, PT413 TOO_LARGE (too many elements), PT429 (quarantine full);
-- never for an element.
create function public.insert_device_readings(p_readings jsonb, p_validar boolean default false,
                                              p_so_excecoes boolean default false) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('ingest');
  v_elementos private.elemento[];
begin
  perform private.exigir_lote(p_readings);
  if p_validar then
    v_elementos := private.ensaiar(p_readings, v_chamador."cdClientes");
  else
    v_elementos := private.ingerir(p_readings, v_chamador."cdClientes", now() at time zone 'UTC');
    perform private.quarentenar(v_elementos, p_readings, v_chamador);
  end if;
  return private.responder(v_elementos, p_so_excecoes, p_validar);
end
$$;
comment on function public.insert_device_readings(jsonb, boolean, boolean) is
  'Stores a batch of device readings exactly once and answers with a verdict per element.';
revoke all on function public.insert_device_readings(jsonb, boolean, boolean) from public;
grant execute on function public.insert_device_readings(jsonb, boolean, boolean) to authenticated, service_role;

-- sql/60_rpc/02_insert_device_reading.sql
-- One reading; a thin case of insert_device_readings, with the same rules, permissions and errors.
-- p_sensor_readings  [{cdSensor | dsPonto, nrValor | blValor | dsValor, cdProdutoItem?, nrQualidade?}]
create function public.insert_device_reading(p_cd_dispositivo integer, p_nr_bat double precision default null,
  p_nr_seq integer default null, p_dt_registro timestamptz default null, p_latitude double precision default null,
  p_longitude double precision default null, p_sensor_readings jsonb default null) returns json
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select (r -> 'results' -> 0)::json
  from public.insert_device_readings(jsonb_build_array(jsonb_build_object(
    'cdDispositivo', p_cd_dispositivo, 'nrBat', p_nr_bat, 'nrSeq', p_nr_seq,
    'dtRegistro', case when isfinite(p_dt_registro) then to_char(p_dt_registro at time zone 'UTC', 'FXYYYY-MM-DD"T"HH24:MI:SS.US')
                       else p_dt_registro::text end,
    'latitude', p_latitude, 'longitude', p_longitude, 'sensores', p_sensor_readings))) r
$$;
comment on function public.insert_device_reading(integer, double precision, integer, timestamptz, double precision,
  double precision, jsonb) is 'Stores one device reading exactly once and answers with its verdict.';
revoke all on function public.insert_device_reading(integer, double precision, integer, timestamptz, double precision,
  double precision, jsonb) from public;
grant execute on function public.insert_device_reading(integer, double precision, integer, timestamptz, double precision,
  double precision, jsonb) to authenticated, service_role;

-- sql/60_rpc/03_quarentenar_payload.sql
-- Keeps a body that is no JSON at all, or is too large.
-- p_payload     base64 of its first 16,384 bytes
-- p_nr_tamanho  its full length in bytes;  p_hash  SHA-256 of all of it, hexadecimal
-- p_motivo      MALFORMED or TOO_LARGE;    p_ds_erro  what was wrong, for a person
-- Who: callers with the permission ingest. Raises PT400, PT401, PT403, PT429.
create function public.quarentenar_payload(p_payload text, p_nr_tamanho bigint, p_hash text, p_motivo text,
                                           p_ds_erro text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('ingest');
  v_erro bigint;
begin
  if not coalesce(p_motivo in ('MALFORMED', 'TOO_LARGE') and p_hash ~ '^[0-9a-f]{64}$' and p_nr_tamanho >= 0
                  and p_payload is not null, false) then
    raise sqlstate 'PT400' using message = 'Needs payload, length, SHA-256 and a reason', hint = 'INVALID_PARAMETER';
  end if;
  v_erro := private.guardar_erro(v_chamador, case when not v_chamador."blServico" then v_chamador."cdClientes" end,
    p_motivo, decode(p_hash, 'hex'), left(coalesce(p_ds_erro, p_motivo), 200), private.ler_base64(p_payload),
    p_nr_tamanho, false);
  perform private.exigir_vaga(array[v_erro]);
  return (select jsonb_build_object('cdErro', q."cdErro", 'nrOcorrencias', q."nrOcorrencias")
          from public."TbIngestaoErro" q where q."cdErro" = v_erro);
end
$$;
comment on function public.quarentenar_payload(text, bigint, text, text, text) is
  'Quarantines a body that could not be read, and counts it when it comes again.';
revoke all on function public.quarentenar_payload(text, bigint, text, text, text) from public;
grant execute on function public.quarentenar_payload(text, bigint, text, text, text) to authenticated, service_role;

-- sql/60_rpc/04_get_posicoes_atuais.sql
-- Rows of VwTbPosicaoAtual, by device. p_desde: only what changed after that instant.
-- Who: callers with the permission read; row-level security decides which rows.
create function public.get_posicoes_atuais(p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
                                           p_desde timestamptz default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  return (
    select coalesce(jsonb_agg(to_jsonb(v) order by v."cdDispositivo"), '[]')
    from public."VwTbPosicaoAtual" v
    where (p_cd_produto is null or v."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
      and (p_desde is null or v."dtAlteracao" > p_desde));
end
$$;
comment on function public.get_posicoes_atuais(integer, integer[], timestamptz) is 'Current positions that the caller may see.';
revoke all on function public.get_posicoes_atuais(integer, integer[], timestamptz) from public;
grant execute on function public.get_posicoes_atuais(integer, integer[], timestamptz) to authenticated, service_role;

-- sql/60_rpc/05_reprocessar_erros.sql
-- Replays quarantined payloads after their cause was mended: as the caller of today, dated when they first came if they
-- carry no time. What is stored now (or was meanwhile) leaves quarantine; what fails again stays and is counted.
-- p_cd_erros   which ones (null: all that can be replayed);  p_ds_motivo  only this reason;  p_nr_limite  at most
-- Who: admins of the clients concerned. Answers {total, stored, duplicate, conflict, rejected, skipped}; skipped are
-- those that cannot be replayed because their payload is not whole or is no JSON.
create function public.reprocessar_erros(p_cd_erros bigint[] default null, p_ds_motivo text default null,
                                         p_nr_limite integer default 1000) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_erros bigint[];
  v_elementos private.elemento[];
begin
  v_erros := private.erros_a_reprocessar(v_chamador, p_cd_erros, p_ds_motivo, p_nr_limite, true);
  v_elementos := private.ingerir(private.elementos_em_quarentena(v_erros), v_chamador."cdClientes", now() at time zone 'UTC');
  -- only now are the rows locked: an ingest locks readings first and quarantine last, and so does this
  perform private.encerrar_erros(v_erros, v_elementos);
  return private.responder(v_elementos, true, false) - 'results' - 'untimed' || jsonb_build_object(
    'skipped', cardinality(private.erros_a_reprocessar(v_chamador, p_cd_erros, p_ds_motivo, p_nr_limite, false)));
end
$$;
comment on function public.reprocessar_erros(bigint[], text, integer) is 'Replays quarantined payloads; what is stored leaves quarantine.';
revoke all on function public.reprocessar_erros(bigint[], text, integer) from public;
grant execute on function public.reprocessar_erros(bigint[], text, integer) to authenticated, service_role;

-- sql/60_rpc/06_get_historico_paginado.sql
-- History of devices, newest first, with what their sensors read: {data, total, page, pageSize, nextCursor}.
-- p_cd_cliente          owner at receipt (null or 0: every visible one)
-- p_cd_dispositivo, p_cd_dispositivos   one device (0: all), or several
-- p_dt_registro_comeco, p_dt_registro_fim   both ends included
-- p_page, p_page_size   pages from 1, of 1 to 1,000 rows;  p_cursor  nextCursor of the page before: goes before p_page
-- Reports outside the measuring window of their device are left out and not counted; total is exact. A cursor stays where
-- it is while data arrives; page numbers shift.
-- Who: callers with the permission read; row-level security decides which rows. Raises PT400 INVALID_PARAMETER.
create function public.get_historico_paginado(p_cd_cliente integer default null, p_cd_dispositivo integer default null,
  p_cd_dispositivos integer[] default null, p_dt_registro_comeco timestamptz default null,
  p_dt_registro_fim timestamptz default null, p_page integer default 1, p_page_size integer default 50,
  p_cursor text default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_cliente integer := nullif(p_cd_cliente, 0);
  v_cursor private.cursor_historico;
  v_de timestamp := coalesce(p_dt_registro_comeco at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(p_dt_registro_fim at time zone 'UTC', 'infinity');
  v_alvos private.alvo_historico[];
  v_pagina public."TbPosicao"[];
begin
  perform private.exigir('read');
  if not coalesce(p_page >= 1 and p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'page begins at 1, pageSize is 1 to 1000', hint = 'INVALID_PARAMETER';
  end if;
  v_cursor := private.ler_cursor(p_cursor);
  v_alvos := private.alvos_do_historico(v_cliente, p_cd_dispositivo, p_cd_dispositivos);
  v_pagina := private.pagina_do_historico(v_alvos, v_cliente, v_de, v_ate, v_cursor,
    case when p_cursor is null then (p_page - 1)::bigint * p_page_size else 0 end, p_page_size + 1);
  return jsonb_build_object(
    'data', private.linhas_do_historico(v_pagina[:p_page_size]),
    'total', private.contar_historico(v_alvos, v_cliente, v_de, v_ate),
    'page', p_page, 'pageSize', p_page_size,
    'nextCursor', case when cardinality(v_pagina) > p_page_size then private.escrever_cursor(v_pagina[p_page_size]) end);
end
$$;
comment on function public.get_historico_paginado(integer, integer, integer[], timestamptz, timestamptz, integer, integer,
  text) is 'History of devices in pages, newest first, with exact total and a stable cursor.';
revoke all on function public.get_historico_paginado(integer, integer, integer[], timestamptz, timestamptz, integer, integer,
  text) from public;
grant execute on function public.get_historico_paginado(integer, integer, integer[], timestamptz, timestamptz, integer, integer,
  text) to authenticated, service_role;

-- sql/60_rpc/07_get_erros_ingestao.sql
-- Quarantined payloads, newest first: {data, nextCursor}. p_cd_erro: only that one; p_cursor: nextCursor of the page before.
-- dsPayload is null where the bytes are no UTF-8; dsPayloadBase64 has them in any case.
-- Who: callers with the permission admin; row-level security decides which rows. Raises PT400 INVALID_PARAMETER.
create function public.get_erros_ingestao(p_ds_motivo text default null, p_cd_erro bigint default null,
                                          p_page_size integer default 50, p_cursor bigint default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_pagina public."TbIngestaoErro"[];
begin
  perform private.exigir('admin');
  if not coalesce(p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'pageSize is 1 to 1000', hint = 'INVALID_PARAMETER';
  end if;
  v_pagina := array(
    select q from public."TbIngestaoErro" q
    where (p_ds_motivo is null or q."dsMotivo" = p_ds_motivo)
      and (p_cd_erro is null or q."cdErro" = p_cd_erro)
      and (p_cursor is null or q."cdErro" < p_cursor)
    order by q."cdErro" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (select coalesce(jsonb_agg(private.descrever_erro(q) order by q."cdErro" desc), '[]')
             from unnest(v_pagina[:p_page_size]) q),
    'nextCursor', case when cardinality(v_pagina) > p_page_size then v_pagina[p_page_size]."cdErro" end);
end
$$;
comment on function public.get_erros_ingestao(text, bigint, integer, bigint) is 'Quarantined payloads in pages, newest first.';
revoke all on function public.get_erros_ingestao(text, bigint, integer, bigint) from public;
grant execute on function public.get_erros_ingestao(text, bigint, integer, bigint) to authenticated, service_role;

-- sql/60_rpc/08_criar_api_key.sql
-- Makes an API key. The answer holds its text, dsKey, which is shown this once and not kept.
-- p_cd_clientes       clients it acts for (null: all of its owner's);  p_ds_permissoes  of read, ingest, admin
-- p_nr_limite_minuto  calls a minute;  p_nr_cota_diaria  calls a day (UTC);  null: no limit
-- Who: callers with the permission admin, for themselves, and no more than they may do. Security definer: nobody writes
-- keys by hand. Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.criar_api_key(p_ds_nome text, p_ds_permissoes text[] default '{read}',
                                     p_cd_clientes integer[] default null, p_dt_expiracao timestamptz default null,
                                     p_nr_limite_minuto integer default null, p_nr_cota_diaria integer default null)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_gestao_de_chaves();
  v_chave public."TbApiKeys";
begin
  perform private.exigir_alcance(v_chamador, p_cd_clientes, p_ds_permissoes);
  perform private.exigir_limites(p_nr_limite_minuto, p_nr_cota_diaria);
  if coalesce(btrim(p_ds_nome), '') = '' or p_dt_expiracao <= now() then
    raise sqlstate 'PT400' using message = 'A key needs a name, and an expiry, if any, in the future',
      hint = 'INVALID_PARAMETER';
  end if;
  v_chave."cdUsuario" := private.dono_das_chaves(v_chamador);
  v_chave."dsNome" := btrim(p_ds_nome);
  -- a key made by a key that is limited to some clients is limited to them too
  v_chave."cdClientes" := case when v_chamador."dsTipo" = 'key' then coalesce(p_cd_clientes, v_chamador."cdClientes")
                          else p_cd_clientes end;
  v_chave."dsPermissoes" := p_ds_permissoes;
  v_chave."dtExpiracao" := p_dt_expiracao;
  v_chave."nrLimiteMinuto" := p_nr_limite_minuto;
  v_chave."nrCotaDiaria" := p_nr_cota_diaria;
  return private.guardar_chave(v_chave);
end
$$;
comment on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer) is
  'Makes an API key; its text is shown this once.';
revoke all on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer) from public;
grant execute on function public.criar_api_key(text, text[], integer[], timestamptz, integer, integer)
  to authenticated, service_role;

-- sql/60_rpc/09_get_api_keys.sql
-- Keys the caller may see, newest first, without their text, which nobody has.
-- p_cd_api_key  only this one
-- Who: callers with the permission admin; row-level security decides which rows.
create function public.get_api_keys(p_cd_api_key uuid default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('admin');
  return (select coalesce(jsonb_agg(private.descrever_chave(k) order by k."dtRegistro" desc, k."cdApiKey"), '[]')
          from public."TbApiKeys" k where p_cd_api_key is null or k."cdApiKey" = p_cd_api_key);
end
$$;
comment on function public.get_api_keys(uuid) is 'API keys that the caller manages, with their limits and last use.';
revoke all on function public.get_api_keys(uuid) from public;
grant execute on function public.get_api_keys(uuid) to authenticated, service_role;

-- sql/60_rpc/10_rotacionar_api_key.sql
-- Makes a successor with the same rights and limits and lets the old key go on for p_nr_horas hours (0: it ends now), so
-- that devices in the field can be changed one after the other.
-- Who: admins of the owner's client, who may do all that the key may. Security definer: nobody writes keys by hand.
-- Raises PT400, PT401, PT403, PT404 NOT_FOUND, PT409, PT429.
create function public.rotacionar_api_key(p_cd_api_key uuid, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_gestao_de_chaves();
  v_velha public."TbApiKeys" := private.chave_administrada(v_chamador, p_cd_api_key);
begin
  if not coalesce(p_nr_horas between 0 and 720, false) then
    raise sqlstate 'PT400' using message = 'The old key may go on for 0 to 720 hours', hint = 'INVALID_PARAMETER';
  end if;
  if not v_velha."blAtiva" or v_velha."dtExpiracao" <= now() then
    raise sqlstate 'PT409' using message = 'This key has ended; make a new one', hint = 'CONFLICT';
  end if;
  perform private.exigir_alcance(
    v_chamador,
    coalesce(v_velha."cdClientes", (private.identidade_usuario(v_velha."cdUsuario"::text))."cdClientes"),
    v_velha."dsPermissoes");
  update public."TbApiKeys" k
  set "dtExpiracao" = least(k."dtExpiracao", now() + make_interval(hours => p_nr_horas)), "blAtiva" = p_nr_horas > 0
  where k."cdApiKey" = p_cd_api_key;
  return private.guardar_chave(v_velha);
end
$$;
comment on function public.rotacionar_api_key(uuid, integer) is 'Replaces an API key; the old one goes on for some hours.';
revoke all on function public.rotacionar_api_key(uuid, integer) from public;
grant execute on function public.rotacionar_api_key(uuid, integer) to authenticated, service_role;

-- sql/60_rpc/11_revogar_api_key.sql
-- Ends a key at once: the next request with it is refused.
-- Who: admins of the owner's client. Security definer: nobody writes keys by hand. Raises PT401, PT403, PT404 NOT_FOUND.
create function public.revogar_api_key(p_cd_api_key uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbApiKeys" := private.chave_administrada(private.exigir('admin'), p_cd_api_key);
begin
  update public."TbApiKeys" k set "blAtiva" = false where k."cdApiKey" = p_cd_api_key returning k.* into v_chave;
  return private.descrever_chave(v_chave);
end
$$;
comment on function public.revogar_api_key(uuid) is 'Ends an API key at once.';
revoke all on function public.revogar_api_key(uuid) from public;
grant execute on function public.revogar_api_key(uuid) to authenticated, service_role;

-- sql/60_rpc/12_limitar_api_key.sql
-- Sets the limits of a key, from the next call on.
-- p_nr_limite_minuto  calls a minute;  p_nr_cota_diaria  calls a day (UTC);  null: no limit
-- Who: admins of the owner's client. Security definer: nobody writes keys by hand.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.limitar_api_key(p_cd_api_key uuid, p_nr_limite_minuto integer default null,
                                       p_nr_cota_diaria integer default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbApiKeys" := private.chave_administrada(private.exigir_gestao_de_chaves(), p_cd_api_key);
begin
  perform private.exigir_limites(p_nr_limite_minuto, p_nr_cota_diaria);
  update public."TbApiKeys" k set "nrLimiteMinuto" = p_nr_limite_minuto, "nrCotaDiaria" = p_nr_cota_diaria
  where k."cdApiKey" = p_cd_api_key returning k.* into v_chave;
  return private.descrever_chave(v_chave);
end
$$;
comment on function public.limitar_api_key(uuid, integer, integer) is 'Sets how often an API key may be used.';
revoke all on function public.limitar_api_key(uuid, integer, integer) from public;
grant execute on function public.limitar_api_key(uuid, integer, integer) to authenticated, service_role;
