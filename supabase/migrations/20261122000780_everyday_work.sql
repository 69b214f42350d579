-- What people do every day: they delete what is not needed, link items to products, move devices, draw fences.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/60_rpc/37_apagar_cadastro.sql
-- Deletes one row to which nothing refers; answers with what it was. What has history is retired instead.
-- p_cadastro    clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores;  p_codigo  its key
-- p_versao      MD5 of the row as it was told: only if it still is that
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, PT404 NOT_FOUND (no such row, or not the caller's to delete), PT409 CONFLICT (it has history, or something
-- refers to it), PT412 PRECONDITION_FAILED.
create function public.apagar_cadastro(p_cadastro text, p_codigo integer, p_versao text default null) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_linha jsonb;
  v_quem text;
begin
  perform private.exigir('admin');
  perform private.colunas_dadas(v_cadastro, '{}');
  execute format('delete from public.%1$I t where t.%2$I = $2 and %3$s and $1 returning private.descrever_linha(t)',
                 v_cadastro.tabela, v_cadastro.chave, private.condicao_de_versao())
  into v_linha using true, p_codigo, p_versao;
  if v_linha is null then
    perform private.recusar_sem_linha(v_cadastro, p_codigo, p_versao);
  end if;
  return v_linha;
exception when foreign_key_violation then
  get stacked diagnostics v_quem = table_name;
  raise sqlstate 'PT409' using message = format('Rows of %s refer to it', v_quem), hint = 'CONFLICT',
    detail = 'Delete or change those first, or retire it: set cdStatus to encerrado where it has one.';
end
$$;
comment on function public.apagar_cadastro(text, integer, text) is
  'Deletes a client, device, sensor, site, address, product, item or picture to which nothing refers.';
revoke all on function public.apagar_cadastro(text, integer, text) from public;
grant execute on function public.apagar_cadastro(text, integer, text) to authenticated, service_role;
-- end

-- from sql/60_rpc/38_vincular_item.sql
-- Links an item to a product, or takes the link away; answers with the pair. What is as it should be already stays.
-- p_bl_vinculo  whether they are to be linked
-- Who: callers with the permission admin; row-level security decides for which products and items.
-- Raises PT404 NOT_FOUND (no such item; no such link), 42501 for products and items of others.
create function public.vincular_item(p_cd_produto integer, p_cd_produto_item integer, p_bl_vinculo boolean default true)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('admin');
  if p_bl_vinculo then
    insert into public."TbProdutoItemJoinTable" ("cdProduto", "cdProdutoItem") values (p_cd_produto, p_cd_produto_item)
    on conflict do nothing;
  else
    delete from public."TbProdutoItemJoinTable" j where j."cdProduto" = p_cd_produto and j."cdProdutoItem" = p_cd_produto_item;
    if not found then
      raise sqlstate 'PT404' using message = 'The product has no such item', hint = 'NOT_FOUND';
    end if;
  end if;
  return jsonb_build_object('cdProduto', p_cd_produto, 'cdProdutoItem', p_cd_produto_item);
exception when foreign_key_violation then
  raise sqlstate 'PT404' using message = 'There is no such item', hint = 'NOT_FOUND';
end
$$;
comment on function public.vincular_item(integer, integer, boolean) is 'Links an item to a product, or takes the link away.';
revoke all on function public.vincular_item(integer, integer, boolean) from public;
grant execute on function public.vincular_item(integer, integer, boolean) to authenticated, service_role;
-- end

-- from sql/70_triggers/10_troca_de_dono.sql
-- A device that moves to another client leaves what belongs to the old one behind: the geofence of a site that its new owner does not
-- see would go on judging it. What was received stays with the old client, and with the site it was judged by.
create function private.recusar_bens_do_antigo_dono() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_donos integer[] := array(
    select d from public."TbCliente" c cross join unnest(array[c."cdCliente", c."cdClientePai"]) d
    where c."cdCliente" = new."cdCliente" and d is not null);
begin
  if exists (select from public."TbDestinatario" t where t."cdDestinatario" = new."cdDestinatario" and t."cdCliente" <> all (v_donos)) then
    raise sqlstate 'PT409' using message = 'The site of the device belongs to another client', hint = 'CONFLICT',
      detail = 'Send cdDestinatario along: a site of the new client, or null.';
  end if;
  if exists (select from public."TbProduto" p where p."cdProduto" = new."cdProduto" and p."cdCliente" <> all (v_donos)) then
    raise sqlstate 'PT409' using message = 'The product of the device belongs to another client', hint = 'CONFLICT',
      detail = 'Send cdProduto along: a product of the new client, or null.';
  end if;
  return new;
end
$$;
comment on function private.recusar_bens_do_antigo_dono() is 'Refuses to move a device to another client with a site or product of the old one.';
revoke all on function private.recusar_bens_do_antigo_dono() from public;

create trigger "TbDispositivo_dono" before update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.recusar_bens_do_antigo_dono();
comment on trigger "TbDispositivo_dono" on public."TbDispositivo" is 'A device that moves leaves site and product of its old owner behind.';
-- end

-- from sql/70_triggers/11_cerca.sql
-- PT400 INVALID_FENCE: a fence must be a polygon by which points can be judged. Security definer: whoever may write a site may have its
-- fence looked at.
create function private.conferir_cerca() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_erro text := private.erro_do_poligono(new."dsCerca");
begin
  if v_erro is not null then
    raise sqlstate 'PT400' using message = format('dsCerca: %s', v_erro), hint = 'INVALID_FENCE';
  end if;
  return new;
end
$$;
comment on function private.conferir_cerca() is 'Refuses a fence that is no polygon.';
revoke all on function private.conferir_cerca() from public;

-- A JSON null is none.
create function private.sem_cerca() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new."dsCerca" := null;
  return new;
end
$$;
comment on function private.sem_cerca() is 'No fence, however it is written.';
revoke all on function private.sem_cerca() from public;

create trigger "TbDestinatario_cerca" before insert or update of "dsCerca" on public."TbDestinatario"
  for each row when (new."dsCerca" <> 'null') execute function private.conferir_cerca();
create trigger "TbDestinatario_sem_cerca" before insert or update of "dsCerca" on public."TbDestinatario"
  for each row when (new."dsCerca" = 'null') execute function private.sem_cerca();
comment on trigger "TbDestinatario_cerca" on public."TbDestinatario" is 'A fence is a valid polygon.';
comment on trigger "TbDestinatario_sem_cerca" on public."TbDestinatario" is 'No fence, however it is written.';
-- end

-- from sql/40_private/48_trajeto.sql
-- Where a page of a device's way begins. Opaque to callers: base64 of 'time,sequence number' of the last point given.
create function private.ler_cursor_trajeto(p_texto text, out apos timestamp, out seq integer)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_partes text[];
begin
  if p_texto is null then
    return;
  end if;
  v_partes := regexp_match(convert_from(decode(p_texto, 'base64'), 'UTF8'),
                           '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?),(-?\d{1,10})?$');
  if v_partes is null then
    raise data_exception;
  end if;
  apos := v_partes[1]::timestamp;
  seq := v_partes[2]::integer;
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    perform private.exigir_pagina(1, false);
end
$$;
comment on function private.ler_cursor_trajeto(text) is 'Where a page of a way begins; nulls for the first one.';
revoke all on function private.ler_cursor_trajeto(text) from public;
grant execute on function private.ler_cursor_trajeto(text) to authenticated, service_role;
-- end

-- from sql/60_rpc/39_get_trajeto.sql
-- The way of a device, ascending: {cdDispositivo, data: [{ts, lat, long}], nextCursor}. Reports without coordinates are left out.
-- p_dt_inicio, p_dt_fim  both ends included;  p_page_size  points a page, 1 to 1,000;  p_cursor  nextCursor of the page before
-- Who: callers with the permission read; row-level security decides which reports. Raises PT400 INVALID_PARAMETER.
create function public.get_trajeto(p_cd_dispositivo integer, p_dt_inicio timestamptz, p_dt_fim timestamptz,
                                   p_page_size integer default 1000, p_cursor text default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_cursor record := private.ler_cursor_trajeto(p_cursor);
begin
  perform private.exigir('read');
  perform private.exigir_pagina(p_page_size);
  return (
    with ponto as materialized (
      select p."dtRegistro", p."nrSeq", p."dsLat", p."dsLong", row_number() over (order by p."dtRegistro", p."nrSeq" nulls first) as n
      from public."TbPosicao" p
      where p."cdDispositivo" = p_cd_dispositivo and p."dsLat" is not null
        and p."dtRegistro" >= greatest(p_dt_inicio at time zone 'UTC', v_cursor.apos) and p."dtRegistro" <= p_dt_fim at time zone 'UTC'
        and (v_cursor.apos is null or p."dtRegistro" > v_cursor.apos
             or p."nrSeq" is not null and (v_cursor.seq is null or p."nrSeq" > v_cursor.seq))
      order by p."dtRegistro", p."nrSeq" nulls first
      limit p_page_size + 1
    )
    select json_build_object('cdDispositivo', p_cd_dispositivo,
      'data', (select coalesce(json_agg(json_build_object('ts', p."dtRegistro", 'lat', p."dsLat", 'long', p."dsLong") order by p.n), '[]')
               from ponto p where p.n <= p_page_size),
      'nextCursor', (select translate(encode(convert_to(p."dtRegistro" || ',' || coalesce(p."nrSeq"::text, ''), 'UTF8'), 'base64'), E'\n', '')
                     from ponto p where p.n = p_page_size and exists (select from ponto m where m.n > p_page_size))));
end
$$;
comment on function public.get_trajeto(integer, timestamptz, timestamptz, integer, text) is 'The way of a device, in pages.';
revoke all on function public.get_trajeto(integer, timestamptz, timestamptz, integer, text) from public;
grant execute on function public.get_trajeto(integer, timestamptz, timestamptz, integer, text) to authenticated, service_role;
-- end
