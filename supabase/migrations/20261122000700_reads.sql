-- Reads in one call: current positions, and the history that replaces the deprecated view of phase 2b.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/20_types/05_series.sql
create type private.faixa as (codigo integer, "cdCliente" integer, de timestamp, ate timestamp);
comment on type private.faixa is 'A piece of time of a sensor or device, end excluded; of one client, or of all when cdCliente is null.';

create type private.plano_de_leitura as (de timestamp, ate timestamp, pendentes private.faixa[], brutas private.faixa[], repartido boolean);
comment on type private.plano_de_leitura is 'Which buckets of a rollup answer, [de, ate) without the hours in pendentes (null: none), and what is read from the readings instead. repartido: of one bucket of a sensor there may be several rows.';
-- end

-- from sql/20_types/04_historico.sql
create type private.alvo_historico as ("cdDispositivo" integer, inicio time, fim time);
comment on type private.alvo_historico is 'A device whose history is asked for, with its measuring window.';

create type private.cursor_historico as ("dtRegistro" timestamp, "cdDispositivo" integer, "nrSeq" integer);
comment on type private.cursor_historico is 'The last row of a page of history: the next page begins behind it.';
-- end

-- from sql/40_private/30_historico_alvos.sql
-- Whose history is asked for.

-- A measuring window includes both ends and may cross midnight; without one it is all day. Inlined: no SET clause.
create function private.na_janela(p_hora time, p_inicio time, p_fim time) returns boolean
language sql immutable parallel safe as $$
  select case
    when p_inicio is null or p_fim is null then true
    when p_inicio <= p_fim then p_hora between p_inicio and p_fim
    else p_hora >= p_inicio or p_hora <= p_fim
  end
$$;
comment on function private.na_janela(time, time, time) is 'The time of day lies in the measuring window.';
revoke all on function private.na_janela(time, time, time) from public;
grant execute on function private.na_janela(time, time, time) to authenticated, service_role;

-- The devices of a client include those it owned once: their old history stays with it. Security definer: the measuring
-- window counts for former owners too, who do not see the device any more; else the total would depend on who asks.
create function private.alvos_do_historico(p_cd_cliente integer, p_cd_dispositivo integer, p_cd_dispositivos integer[])
returns private.alvo_historico[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visiveis integer[] := private.clientes_visiveis();
begin
  return array(
    select row(v."cdDispositivo", d."horarioMedicaoInicio", d."horarioMedicaoFim")::private.alvo_historico
    from (
      select distinct w."cdDispositivo" from public."TbDispositivoVinculo" w
      where w."cdCliente" = any (v_visiveis)
        and (p_cd_cliente is null or w."cdCliente" = p_cd_cliente)
        and (coalesce(p_cd_dispositivo, 0) = 0 or w."cdDispositivo" = p_cd_dispositivo)
        and (p_cd_dispositivos is null or w."cdDispositivo" = any (p_cd_dispositivos))
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo");
end
$$;
comment on function private.alvos_do_historico(integer, integer, integer[]) is 'Devices whose history is asked for.';
revoke all on function private.alvos_do_historico(integer, integer, integer[]) from public;
grant execute on function private.alvos_do_historico(integer, integer, integer[]) to authenticated, service_role;
-- end

-- from sql/40_private/31_historico_cursor.sql
-- Keyset cursor of the history. Opaque to callers: base64 of 'dtRegistro,cdDispositivo,nrSeq'.

-- Raises PT400 INVALID_PARAMETER for a text that was not handed out.
create function private.ler_cursor(p_texto text) returns private.cursor_historico
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_partes text[];
begin
  if p_texto is null then
    return null;
  end if;
  v_partes := regexp_match(convert_from(decode(p_texto, 'base64'), 'UTF8'),
                           '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}),(\d{1,10}),(-?\d{1,10})?$');
  if v_partes is null then
    raise data_exception;
  end if;
  return row(v_partes[1]::timestamp, v_partes[2]::integer, v_partes[3]::integer);
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.ler_cursor(text) is 'Where a page of history begins; null for the first one.';
revoke all on function private.ler_cursor(text) from public;
grant execute on function private.ler_cursor(text) to authenticated, service_role;

create function private.escrever_cursor(p_linha public."TbPosicao") returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(format('%s,%s,%s',
    to_char(p_linha."dtRegistro", 'YYYY-MM-DD HH24:MI:SS.US'), p_linha."cdDispositivo", p_linha."nrSeq"), 'UTF8'),
    'base64'), E'\n', '')
$$;
comment on function private.escrever_cursor(public."TbPosicao") is 'The cursor behind this row.';
revoke all on function private.escrever_cursor(public."TbPosicao") from public;
grant execute on function private.escrever_cursor(public."TbPosicao") to authenticated, service_role;

-- Inlined: no SET clause.
create function private.atras_do_cursor(p_dt timestamp, p_cd_dispositivo integer, p_seq integer,
                                        p_cursor private.cursor_historico) returns boolean
language sql immutable parallel safe as $$
  select p_dt < p_cursor."dtRegistro" or p_dt = p_cursor."dtRegistro" and (
    p_cd_dispositivo < p_cursor."cdDispositivo"
    or p_cd_dispositivo = p_cursor."cdDispositivo"
      and (p_seq < p_cursor."nrSeq" or p_seq is null and p_cursor."nrSeq" is not null))
$$;
comment on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico) is
  'The row comes behind the cursor, newest first.';
revoke all on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico) from public;
grant execute on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico)
  to authenticated, service_role;
-- end

-- from sql/40_private/32_historico_pagina.sql
-- One page of positions, newest first. Order and key are (dtRegistro, cdDispositivo, nrSeq; null lowest), so nothing that
-- arrives later moves what was handed out. Each device gives its newest rows, straight from the unique index and only from
-- the partitions in question, and the page is cut from those.
-- p_cursor  the row after which to begin, or null;  p_pular  rows to leave out first;  p_limite  rows at most
create function private.pagina_do_historico(p_alvos private.alvo_historico[], p_cd_cliente integer, p_de timestamp,
  p_ate timestamp, p_cursor private.cursor_historico, p_pular bigint, p_limite integer) returns public."TbPosicao"[]
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set enable_seqscan = off set jit = off as $$
begin
  return array(
    select p.linha
    from unnest(p_alvos) a
    cross join lateral (
      select q as linha, q."dtRegistro", q."cdDispositivo", q."nrSeq" from public."TbPosicao" q
      where q."cdDispositivo" = a."cdDispositivo"
        and q."dtRegistro" between p_de and least(p_ate, p_cursor."dtRegistro")
        and (p_cd_cliente is null or q."cdCliente" = p_cd_cliente)
        and private.na_janela(q."dtRegistro"::time, a.inicio, a.fim)
        and (p_cursor."dtRegistro" is null
          or private.atras_do_cursor(q."dtRegistro", q."cdDispositivo", q."nrSeq", p_cursor))
      order by q."dtRegistro" desc, q."nrSeq" desc nulls last
      limit p_pular + p_limite
    ) p
    order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last
    offset p_pular limit p_limite);
end
$$;
comment on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) is 'One page of positions, newest first.';
revoke all on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) from public;
grant execute on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) to authenticated, service_role;
-- end

-- from sql/40_private/32_historico_total.sql
-- Hours of devices in which something was written or deleted since they were counted. Security definer: marks are nobody
-- else's to read.
create function private.contagens_pendentes(p_alvos private.alvo_historico[], p_de timestamp, p_ate timestamp) returns private.faixa[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return array(
    select distinct row(a."cdDispositivo", null, p."dtHora", p."dtHora" + interval '1 hour')::private.faixa
    from unnest(p_alvos) a
    join private."TbRollupPendente" p on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" >= p_de and p."dtHora" < p_ate
    where exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = a."cdDispositivo" and d."cdCliente" = any ((select private.clientes_visiveis())::integer[])));
end
$$;
comment on function private.contagens_pendentes(private.alvo_historico[], timestamp, timestamp) is
  'Hours of devices that are counted on reading, as something in them changed.';
revoke all on function private.contagens_pendentes(private.alvo_historico[], timestamp, timestamp) from public;
grant execute on function private.contagens_pendentes(private.alvo_historico[], timestamp, timestamp) to authenticated, service_role;

-- From the positions: pieces of devices, end excluded.
create function private.contar_posicoes(p_alvos private.alvo_historico[], p_cd_cliente integer, p_faixas private.faixa[])
returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
  return (
    select count(*)
    from unnest(p_faixas) f
    join unnest(p_alvos) a on a."cdDispositivo" = f.codigo
    join public."TbPosicao" q on q."cdDispositivo" = f.codigo and q."dtRegistro" >= f.de and q."dtRegistro" < f.ate
    where (p_cd_cliente is null or q."cdCliente" = p_cd_cliente)
      and private.na_janela(q."dtRegistro"::time, a.inicio, a.fim));
end
$$;
comment on function private.contar_posicoes(private.alvo_historico[], integer, private.faixa[]) is
  'Counts positions inside the measuring windows.';
revoke all on function private.contar_posicoes(private.alvo_historico[], integer, private.faixa[]) from public;
grant execute on function private.contar_posicoes(private.alvo_historico[], integer, private.faixa[]) to authenticated, service_role;

-- From the counters where they are right: whole hours between the ends that are counted, without marks, and for the window
-- that the device has now. The rest is counted.
create function private.contar_historico(p_alvos private.alvo_historico[], p_cd_cliente integer, p_de timestamp,
  p_ate timestamp) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_marca record := private.marca_dos_rollups();
  v_fim timestamp := p_ate + interval '1 microsecond'; -- the end is included
  v_de timestamp := date_trunc('hour', greatest(p_de, v_marca.piso) + interval '1 hour' - interval '1 microsecond');
  v_ate timestamp := date_trunc('hour', least(v_fim, v_marca.marca));
  v_pendentes private.faixa[];
  v_alheios private.faixa[]; -- days counted for another window
  v_total bigint;
begin
  if not v_de < v_ate then
    return private.contar_posicoes(p_alvos, p_cd_cliente, array(
      select row(a."cdDispositivo", null, p_de, v_fim)::private.faixa from unnest(p_alvos) a));
  end if;
  v_pendentes := private.contagens_pendentes(p_alvos, v_de, v_ate);
  with dia as materialized (
    select c."cdDispositivo", c."dtDia", c."nrQtd", c."nrHoras", greatest(c."dtDia", v_de) as de,
           least(c."dtDia" + interval '1 day', v_ate) as ate,
           (c."horarioMedicaoInicio", c."horarioMedicaoFim") is not distinct from (a.inicio, a.fim) as vale
    from unnest(p_alvos) a
    join public."TbContagemDiaria" c on c."cdDispositivo" = a."cdDispositivo"
      and c."dtDia" >= v_de::date and c."dtDia" <= (v_ate - interval '1 hour')::date
    where p_cd_cliente is null or c."cdCliente" = p_cd_cliente
  )
  select coalesce(sum(case
           when d.ate - d.de = interval '1 day' then d."nrQtd"
           else (select sum(h) from unnest(d."nrHoras"[1 + extract(hour from d.de)::integer:
                                                        1 + extract(hour from d.ate - interval '1 hour')::integer]) h)
         end) filter (where d.vale), 0)
         - coalesce(sum((
           select sum(d."nrHoras"[1 + extract(hour from f.de)::integer]) from unnest(v_pendentes) f
           where f.codigo = d."cdDispositivo" and f.de::date = d."dtDia")) filter (where d.vale), 0),
         coalesce(array_agg(distinct row(d."cdDispositivo", null, d.de, d.ate)::private.faixa) filter (where not d.vale), '{}')
  into v_total, v_alheios
  from dia d;
  return v_total + private.contar_posicoes(p_alvos, p_cd_cliente, v_alheios || array(
    select row(a."cdDispositivo", null, p_de, v_de)::private.faixa from unnest(p_alvos) a where p_de < v_de
    union all
    select row(a."cdDispositivo", null, v_ate, v_fim)::private.faixa from unnest(p_alvos) a where v_ate < v_fim
    union all
    select f from unnest(v_pendentes) f
    where not exists (select from unnest(v_alheios) x where x.codigo = f.codigo and f.de >= x.de and f.de < x.ate)));
end
$$;
comment on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp) is
  'How many positions all pages have together.';
revoke all on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp) from public;
grant execute on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp)
  to authenticated, service_role;
-- end

-- from sql/40_private/33_historico_itens.sql
-- What is told about the positions of a page.

-- Sensors that ever were on these devices. Security definer: after a device or sensor moved on, the history of its former
-- owner stays readable, though the sensor itself is not visible to them any more.
create function private.sensores_do_historico(p_dispositivos integer[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, "nrUnidadeIni" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct v."cdDispositivo", s."cdSensor", s."cdTipoSensor", s."nrUnidadeIni"
  from public."TbSensorVinculo" v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  where v."cdDispositivo" = any (p_dispositivos)
    and exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = v."cdDispositivo"
        and d."cdCliente" = any ((select private.clientes_visiveis())::integer[]))
$$;
comment on function private.sensores_do_historico(integer[]) is
  'Sensors that ever were on devices that the caller''s clients ever owned.';
revoke all on function private.sensores_do_historico(integer[]) from public;
grant execute on function private.sensores_do_historico(integer[]) to authenticated, service_role;

-- Items that the sensors of these devices ever counted. Security definer as above, and for the same reason: an item is told where
-- it was counted, whatever product it belongs to now.
create function private.itens_do_historico(p_dispositivos integer[])
returns table ("cdProdutoItem" integer, "dsNome" text, "nrPesoUnit" double precision, "nrAlt" double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select i."cdProdutoItem", i."dsNome", i."nrPesoUnit", i."nrAlt"
  from public."TbProdutoItem" i
  where i."cdProdutoItem" in (
    select v."cdProdutoItem" from public."TbSensorVinculo" v
    where v."cdDispositivo" = any (p_dispositivos)
      and exists (
        select from public."TbDispositivoVinculo" d
        where d."cdDispositivo" = v."cdDispositivo"
          and d."cdCliente" = any ((select private.clientes_visiveis())::integer[])))
$$;
comment on function private.itens_do_historico(integer[]) is
  'Items that sensors of devices that the caller''s clients ever owned ever counted.';
revoke all on function private.itens_do_historico(integer[]) from public;
grant execute on function private.itens_do_historico(integer[]) to authenticated, service_role;
-- end

-- from sql/40_private/33_historico_linhas.sql
create function private.linhas_do_historico(p_pagina public."TbPosicao"[]) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set jit = off set plan_cache_mode = force_generic_plan as $$ -- a plan for one small page might read all addresses
begin
  return (
    with sensor as materialized (
      select * from private.sensores_do_historico(array(select distinct p."cdDispositivo" from unnest(p_pagina) p))
    ), item as materialized (
      select * from private.itens_do_historico(array(select distinct p."cdDispositivo" from unnest(p_pagina) p))
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'cdProduto', d."cdProduto", 'nrCodigo', pr."nrCodigo", 'dsDescricao', pr."dsDescricao", 'dtRegistro', p."dtRegistro",
      'cdDispositivo', p."cdDispositivo", 'dsNome', t."dsNome", 'dsEndereco', e."dsLogradouro",
      'nrBatPercentual', case when p."nrBat" is not null then round((least(p."nrBat", 3.7) / 3.7 * 100)::numeric, 2) || '%' end,
      'dsStatus', case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end,
      'dsStatusDispositivo', d."cdStatus", 'cdPosicao', p."cdPosicao") || l.valores
      order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last), '[]')
    from unnest(p_pagina) p
    left join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
    left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
    left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
    left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
    cross join lateral (
      select jsonb_build_object(
        'nrPorta', max(r."nrValor") filter (where s."cdTipoSensor" = 2),
        'nrTemperatura', max(r."nrValor") filter (where s."cdTipoSensor" = 4),
        'nrPessoas', max(r."nrValor") filter (where s."cdTipoSensor" = 5),
        'nrMasculino', max(r."nrValor") filter (where s."cdTipoSensor" = 9),
        'nrFeminino', max(r."nrValor") filter (where s."cdTipoSensor" = 10),
        'nrCrianca', max(r."nrValor") filter (where s."cdTipoSensor" = 11),
        'nrJovem', max(r."nrValor") filter (where s."cdTipoSensor" = 12),
        'nrAdulto', max(r."nrValor") filter (where s."cdTipoSensor" = 13),
        'nrSenior', max(r."nrValor") filter (where s."cdTipoSensor" = 14),
        'nrAlegre', max(r."nrValor") filter (where s."cdTipoSensor" = 15),
        'nrTriste', max(r."nrValor") filter (where s."cdTipoSensor" = 16),
        'nrNeutro', max(r."nrValor") filter (where s."cdTipoSensor" = 17),
        'nrCategoriaTotal', max(r."nrValor") filter (where s."cdTipoSensor" = 18),
        'itens', coalesce(jsonb_agg(jsonb_build_object(
            'cdSensor', r."cdSensor", 'dsProdutoItem', i."dsNome",
            'nrQtdItens', private.contar_itens(s."cdTipoSensor", r."nrValor", s."nrUnidadeIni", i."nrPesoUnit", i."nrAlt"))
          order by r."cdSensor") filter (where r."cdProdutoItem" is not null), '[]')) as valores
      from sensor s
      join public."TbSensorRegistro" r
        on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdPosicao" = p."cdPosicao"
      left join item i on i."cdProdutoItem" = r."cdProdutoItem"
      where s."cdDispositivo" = p."cdDispositivo"
    ) l);
end
$$;
comment on function private.linhas_do_historico(public."TbPosicao"[]) is 'The rows of a page of history as JSON.';
revoke all on function private.linhas_do_historico(public."TbPosicao"[]) from public;
grant execute on function private.linhas_do_historico(public."TbPosicao"[]) to authenticated, service_role;

create function private.posicoes_com_leituras(p_pagina public."TbPosicao"[]) returns public."TbPosicao"[]
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set jit = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
    with sensor as materialized (
      select * from private.sensores_do_historico(array(select distinct p."cdDispositivo" from unnest(p_pagina) p))
    )
    select coalesce(array_agg(p.linha order by p.n), '{}')
    from (select row(u.*)::public."TbPosicao" as linha, u."cdDispositivo", u."dtRegistro", u."cdPosicao", row_number() over () as n
          from unnest(p_pagina) u) p
    where exists (
      select from sensor s
      join public."TbSensorRegistro" r
        on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdPosicao" = p."cdPosicao"
      where s."cdDispositivo" = p."cdDispositivo"));
end
$$;
comment on function private.posicoes_com_leituras(public."TbPosicao"[]) is 'Those positions that came with readings, in their order.';
revoke all on function private.posicoes_com_leituras(public."TbPosicao"[]) from public;
grant execute on function private.posicoes_com_leituras(public."TbPosicao"[]) to authenticated, service_role;

create function private.exigir_ate(p_linhas bigint, p_maximo integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if p_linhas > p_maximo then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE',
      message = format('This would be %s rows; at most %s are told at once: ask for less time, or page by page', p_linhas, p_maximo);
  end if;
end
$$;
comment on function private.exigir_ate(bigint, integer) is 'PT400 for more rows than are told at once.';
revoke all on function private.exigir_ate(bigint, integer) from public;
grant execute on function private.exigir_ate(bigint, integer) to authenticated, service_role;
-- end

-- from sql/40_private/37_ler_area.sql
-- Areas as they are asked for: {"circulo": [lat, long, metres]}, {"caixa": [south, west, north, east]}, {"poligono": GeoJSON}.

-- Numbers of an area. PT400 INVALID_AREA.
create function private.ler_numeros(p_area jsonb, p_nome text, p_quais text[], p_de double precision[], p_ate double precision[])
returns double precision[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_numeros double precision[] := array(
    select case when jsonb_typeof(n) = 'number' then n::double precision end
    from jsonb_array_elements(case when jsonb_typeof(p_area -> p_nome) = 'array' then p_area -> p_nome else '[]' end) n);
begin
  if cardinality(v_numeros) <> cardinality(p_de) or exists (
       select from unnest(v_numeros, p_de, p_ate) as x(n, de, ate) where n is null or not n between de and ate) then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA',
      message = format('%s is %s', p_nome, (select string_agg(format('%s (%s to %s)', quais, de, ate), ', ')
                                            from unnest(p_quais, p_de, p_ate) as x(quais, de, ate)));
  end if;
  return v_numeros;
end
$$;
comment on function private.ler_numeros(jsonb, text, text[], double precision[], double precision[]) is 'The numbers that describe an area.';
revoke all on function private.ler_numeros(jsonb, text, text[], double precision[], double precision[]) from public;

-- A box as a polygon. PT400 INVALID_AREA. One whose west lies east of its east crosses the antimeridian.
create function private.ler_caixa(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_caixa double precision[] := private.ler_numeros(
    p_area, 'caixa', '{south,west,north,east}', '{-90,-180,-90,-180}', '{90,180,90,180}');
begin
  if v_caixa[1] > v_caixa[3] then
    raise sqlstate 'PT400' using message = 'caixa is south, west, north, east: its south lies north of its north', hint = 'INVALID_AREA';
  end if;
  return case when v_caixa[2] <= v_caixa[4] then extensions.st_makeenvelope(v_caixa[2], v_caixa[1], v_caixa[4], v_caixa[3], 4326)
         else extensions.st_collect(extensions.st_makeenvelope(v_caixa[2], v_caixa[1], 180, v_caixa[3], 4326),
                                    extensions.st_makeenvelope(-180, v_caixa[1], v_caixa[4], v_caixa[3], 4326)) end;
end
$$;
comment on function private.ler_caixa(jsonb) is 'The box of an area.';
revoke all on function private.ler_caixa(jsonb) from public;

-- PT400 INVALID_AREA.
create function private.ler_poligono(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_erro text := private.erro_do_poligono(p_area -> 'poligono');
begin
  if v_erro is not null then
    raise sqlstate 'PT400' using message = format('poligono: %s', v_erro), hint = 'INVALID_AREA';
  end if;
  return extensions.st_geomfromgeojson(p_area -> 'poligono');
end
$$;
comment on function private.ler_poligono(jsonb) is 'The polygon of an area.';
revoke all on function private.ler_poligono(jsonb) from public;
-- end

-- from sql/40_private/37_na_area.sql
-- Devices by where they are now: in areas as private.ler_… read them, and {"fora": true}: outside the geofence of their site as it is
-- now, false: inside it. Several hold together.

create function private.dispositivos_no_circulo(p_circulo double precision[]) returns setof integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select pa."cdDispositivo" from public."TbPosicaoAtual" pa
  where extensions.st_dwithin(
    pa."geoPonto", extensions.st_setsrid(extensions.st_makepoint(p_circulo[2], p_circulo[1]), 4326)::extensions.geography, p_circulo[3])
$$;
comment on function private.dispositivos_no_circulo(double precision[]) is 'Devices in a circle: latitude, longitude, metres.';
revoke all on function private.dispositivos_no_circulo(double precision[]) from public;

-- The index knows points on the ellipsoid and distances, polygons are flat: first a circle around the polygon, generously, then the
-- polygon itself. Edges are cut up because the circle goes by their ends.
create function private.dispositivos_no_poligono(p_poligono extensions.geometry) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_centro extensions.geography := extensions.st_centroid(extensions.st_envelope(p_poligono))::extensions.geography;
  v_raio double precision;
begin
  select max(extensions.st_distance(v_centro, d.geom::extensions.geography)) * 1.01 + 1000 into v_raio
  from extensions.st_dumppoints(extensions.st_segmentize(p_poligono, 1)) d;
  return query
    select pa."cdDispositivo" from public."TbPosicaoAtual" pa
    where extensions.st_dwithin(pa."geoPonto", v_centro, v_raio) and extensions.st_intersects(p_poligono, pa."geoPonto"::extensions.geometry);
end
$$;
comment on function private.dispositivos_no_poligono(extensions.geometry) is 'Devices that are in a polygon or on its edge.';
revoke all on function private.dispositivos_no_poligono(extensions.geometry) from public;

-- By the fences as they are now, all at once. The index of points, asked for each fence, was no quicker than one distance a device.
create function private.dispositivos_pela_cerca(p_dispositivos integer[], p_fora boolean) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select pa."cdDispositivo"
    from public."TbPosicaoAtual" pa
    join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo"
    join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
    left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
    where pa."cdDispositivo" = any (p_dispositivos)
      and private.dentro_da_cerca(t."geoCerca", t."nrRaio", extensions.st_distance(a."geoPonto", pa."geoPonto"), pa."dsLong", pa."dsLat") <> p_fora;
end
$$;
comment on function private.dispositivos_pela_cerca(integer[], boolean) is
  'Which devices are outside the geofence of their site, or inside it; none without a fence.';
revoke all on function private.dispositivos_pela_cerca(integer[], boolean) from public;

-- Security definer: under row-level security no spatial index is used, its operators being no leakproof ones. So the clients are compared
-- here, and whoever asks reads the rows under the policies again. PT400 INVALID_AREA.
create function private.dispositivos_na_area(p_area jsonb) returns setof integer
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  v_clientes integer[] := private.clientes_visiveis();
  v_achados integer[]; -- null: anywhere
begin
  if jsonb_typeof(p_area) <> 'object' or p_area - '{circulo,caixa,poligono,fora}'::text[] <> '{}' then
    raise sqlstate 'PT400' using message = 'An area is made of circulo, caixa, poligono and fora', hint = 'INVALID_AREA';
  end if;
  if p_area ? 'circulo' then
    v_achados := array(select private.dispositivos_no_circulo(private.ler_numeros(
      p_area, 'circulo', '{latitude,longitude,metres}', '{-90,-180,0}', '{90,180,20100000}')));
  end if;
  if p_area ? 'caixa' then
    v_achados := array(select d from private.dispositivos_no_poligono(private.ler_caixa(p_area)) d where v_achados is null or d = any (v_achados));
  end if;
  if p_area ? 'poligono' then
    v_achados := array(select d from private.dispositivos_no_poligono(private.ler_poligono(p_area)) d where v_achados is null or d = any (v_achados));
  end if;
  v_achados := array(
    select pa."cdDispositivo" from public."TbPosicaoAtual" pa
    where (pa."cdCliente" = any (v_clientes) or private.eh_servico()) and (v_achados is null or pa."cdDispositivo" = any (v_achados)));
  return query
    select d from unnest(v_achados) d where not p_area ? 'fora'
    union all
    select private.dispositivos_pela_cerca(v_achados, (p_area -> 'fora')::boolean) where p_area ? 'fora';
end
$$;
comment on function private.dispositivos_na_area(jsonb) is 'Devices of the caller''s clients that are in an area, or outside their geofence.';
revoke all on function private.dispositivos_na_area(jsonb) from public;
grant execute on function private.dispositivos_na_area(jsonb) to authenticated, service_role;
-- end

-- from sql/60_rpc/04_get_posicoes_atuais.sql
-- Rows of VwTbPosicaoAtual, by device. p_desde: only what changed after that instant. p_area: only devices there
-- (private.dispositivos_na_area).
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_AREA.
create function public.get_posicoes_atuais(p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
                                           p_desde timestamptz default null, p_area jsonb default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  return (
    select coalesce(jsonb_agg(to_jsonb(v) order by v."cdDispositivo"), '[]')
    from public."VwTbPosicaoAtual" v
    where (p_cd_produto is null or v."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
      and (p_desde is null or v."dtAlteracao" > p_desde)
      and (p_area is null or v."cdDispositivo" in (select private.dispositivos_na_area(p_area))));
end
$$;
comment on function public.get_posicoes_atuais(integer, integer[], timestamptz, jsonb) is 'Current positions that the caller may see.';
revoke all on function public.get_posicoes_atuais(integer, integer[], timestamptz, jsonb) from public;
grant execute on function public.get_posicoes_atuais(integer, integer[], timestamptz, jsonb) to authenticated, service_role;
-- end

-- from sql/60_rpc/06_get_historico_paginado.sql
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
-- end
