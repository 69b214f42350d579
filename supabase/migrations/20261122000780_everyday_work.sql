-- What people do every day: they delete what is not needed, link items to products, move devices, draw fences.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/60_rpc/37_apagar_cadastro.sql
-- Deletes one row to which nothing refers; answers with what it was. What has history is retired instead.
-- p_cadastro    clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores;  p_codigo  its key
-- p_versao      only if the row still is that
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
  return null;
end
$$;
comment on function private.recusar_bens_do_antigo_dono() is 'Refuses to move a device to another client with a site or product of the old one.';
revoke all on function private.recusar_bens_do_antigo_dono() from public;

-- after: who may not move it at all is told so first
create trigger "TbDispositivo_dono" after update of "cdCliente" on public."TbDispositivo"
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
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
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

-- from sql/40_private/38_pessoas.sql
-- People of clients, for the RPCs by which admins invite, promote and remove them.

-- PT404 NOT_FOUND: no such client, or not the caller's to manage.
create function private.exigir_cliente(p_chamador private.identidade, p_cd_cliente integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public."TbCliente" c where c."cdCliente" = p_cd_cliente
                 and (p_chamador."blServico" or c."cdCliente" = any (p_chamador."cdClientes"))) then
    raise sqlstate 'PT404' using message = 'There is no such client', hint = 'NOT_FOUND';
  end if;
end
$$;
comment on function private.exigir_cliente(private.identidade, integer) is 'Refuses clients that the caller does not act for.';
revoke all on function private.exigir_cliente(private.identidade, integer) from public;

-- The person, if the caller may change what it may do. PT404 NOT_FOUND; PT409 CONFLICT for oneself, so that no client loses its last
-- admin by a slip; PT403 FORBIDDEN for whoever runs the installation.
create function private.pessoa_administrada(p_chamador private.identidade, p_id uuid) returns public.profiles
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_pessoa public.profiles;
begin
  select p.* into v_pessoa from public.profiles p
  where p.id = p_id and (p_chamador."blServico" or p."cdCliente" = any (p_chamador."cdClientes"))
  for update;
  if v_pessoa.id is null then
    raise sqlstate 'PT404' using message = 'There is no such person', hint = 'NOT_FOUND';
  elsif p_chamador."dsChamador" = 'user:' || p_id then
    raise sqlstate 'PT409' using message = 'Nobody changes their own role or leaves by this', hint = 'CONFLICT',
      detail = 'Ask another admin of the client.';
  elsif v_pessoa.role = 'service' and not p_chamador."blServico" then
    raise sqlstate 'PT403' using message = 'Only the service changes people with the role service', hint = 'FORBIDDEN';
  end if;
  return v_pessoa;
end
$$;
comment on function private.pessoa_administrada(private.identidade, uuid) is 'A person whose role the caller may change.';
revoke all on function private.pessoa_administrada(private.identidade, uuid) from public;

create function private.descrever_pessoa(p_pessoa public.profiles) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_pessoa) - 'cdChave'
$$;
comment on function private.descrever_pessoa(public.profiles) is 'A person as JSON.';
revoke all on function private.descrever_pessoa(public.profiles) from public;
-- end

-- from sql/60_rpc/40_criar_convite.sql
-- Invites people to a client: whoever signs up with dsChave, or accepts it (aceitar_convite), joins.
-- p_cd_cliente  null: the caller's own;  p_nr_limite  how many may join, 1 to 999;  p_nr_dias  for how many days it is good, 1 to 90
-- Who: callers with the permission admin, for clients they act for.
-- Security definer: people and invitations are written by these functions alone.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no such client).
create function public.criar_convite(p_cd_cliente integer default null, p_nr_limite integer default 1, p_nr_dias integer default 7) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_convite public."TbClienteChave";
begin
  if not coalesce(p_nr_limite between 1 and 999 and p_nr_dias between 1 and 90, false) then
    raise sqlstate 'PT400' using message = 'nrLimite is 1 to 999 people, nrDias 1 to 90 days', hint = 'INVALID_PARAMETER';
  end if;
  perform private.exigir_cliente(v_chamador, coalesce(p_cd_cliente, v_chamador."cdCliente"));
  insert into public."TbClienteChave" ("dsChave", "nrLimite", "cdCliente", "dtExpiracao")
  values (replace(private.sortear_chave(), 'rastro_', 'convite_'), p_nr_limite, coalesce(p_cd_cliente, v_chamador."cdCliente"),
          now() + make_interval(days => p_nr_dias))
  returning * into v_convite;
  return to_jsonb(v_convite);
end
$$;
comment on function public.criar_convite(integer, integer, integer) is 'Invites people to a client.';
revoke all on function public.criar_convite(integer, integer, integer) from public;
grant execute on function public.criar_convite(integer, integer, integer) to authenticated, service_role;
-- end

-- from sql/60_rpc/41_get_convites.sql
-- Invitations of the clients the caller manages, newest first: {data, nextCursor}; nrUsados people have joined by one.
-- Who: callers with the permission admin.
-- Security definer: people and invitations are read and written by these functions alone.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_convites(p_page_size integer default 50, p_cursor bigint default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
begin
  perform private.exigir_pagina(p_page_size);
  return (
    with convite as materialized (
      select k.id, to_jsonb(k) || jsonb_build_object('nrUsados', (select count(*) from public.profiles p where p."cdChave" = k.id)) as linha,
             row_number() over (order by k.id desc) as n
      from public."TbClienteChave" k
      where (v_chamador."blServico" or k."cdCliente" = any (v_chamador."cdClientes")) and (p_cursor is null or k.id < p_cursor)
      order by k.id desc
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (select coalesce(jsonb_agg(c.linha order by c.n), '[]') from convite c where c.n <= p_page_size),
      'nextCursor', (select c.id from convite c where c.n = p_page_size and exists (select from convite m where m.n > p_page_size))));
end
$$;
comment on function public.get_convites(integer, bigint) is 'Invitations to the clients the caller manages.';
revoke all on function public.get_convites(integer, bigint) from public;
grant execute on function public.get_convites(integer, bigint) to authenticated, service_role;
-- end

-- from sql/60_rpc/42_revogar_convite.sql
-- Ends an invitation: nobody joins by it any more; those who did stay.
-- Who: callers with the permission admin, for clients they act for.
-- Security definer: people and invitations are written by these functions alone.
-- Raises PT404 NOT_FOUND.
create function public.revogar_convite(p_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_convite public."TbClienteChave";
begin
  update public."TbClienteChave" k set "dtExpiracao" = least(k."dtExpiracao", now())
  where k.id = p_id and (v_chamador."blServico" or k."cdCliente" = any (v_chamador."cdClientes"))
  returning * into v_convite;
  if v_convite.id is null then
    raise sqlstate 'PT404' using message = 'There is no such invitation', hint = 'NOT_FOUND';
  end if;
  return to_jsonb(v_convite);
end
$$;
comment on function public.revogar_convite(bigint) is 'Ends an invitation.';
revoke all on function public.revogar_convite(bigint) from public;
grant execute on function public.revogar_convite(bigint) to authenticated, service_role;
-- end

-- from sql/60_rpc/43_get_pessoas.sql
-- People of the clients the caller manages, by id: {data, nextCursor}.
-- Who: callers with the permission admin.
-- Security definer: the service sees people without a client, too.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_pessoas(p_page_size integer default 50, p_cursor uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
begin
  perform private.exigir_pagina(p_page_size);
  return (
    with pessoa as materialized (
      select p.id, private.descrever_pessoa(p) as linha, row_number() over (order by p.id) as n
      from public.profiles p
      where (v_chamador."blServico" or p."cdCliente" = any (v_chamador."cdClientes")) and (p_cursor is null or p.id > p_cursor)
      order by p.id
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (select coalesce(jsonb_agg(p.linha order by p.n), '[]') from pessoa p where p.n <= p_page_size),
      'nextCursor', (select p.id from pessoa p where p.n = p_page_size and exists (select from pessoa m where m.n > p_page_size))));
end
$$;
comment on function public.get_pessoas(integer, uuid) is 'People of the clients the caller manages.';
revoke all on function public.get_pessoas(integer, uuid) from public;
grant execute on function public.get_pessoas(integer, uuid) to authenticated, service_role;
-- end

-- from sql/60_rpc/44_mudar_pessoa.sql
-- Makes a person an admin of its client, or a reader again.
-- p_papel  default (reads), admin (also writes); service is given by the service only
-- Who: callers with the permission admin, for people of clients they act for; not for oneself.
-- Security definer: people and invitations are written by these functions alone.
-- Raises PT400 INVALID_PARAMETER, PT403 FORBIDDEN, PT404 NOT_FOUND, PT409 CONFLICT.
create function public.mudar_pessoa(p_id uuid, p_papel text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_pessoa public.profiles;
begin
  if p_papel is null or p_papel not in ('default', 'admin', 'service') then
    raise sqlstate 'PT400' using message = 'role is default, admin or service', hint = 'INVALID_PARAMETER';
  elsif p_papel = 'service' and not v_chamador."blServico" then
    raise sqlstate 'PT403' using message = 'Only the service makes somebody service', hint = 'FORBIDDEN';
  end if;
  v_pessoa := private.pessoa_administrada(v_chamador, p_id);
  update public.profiles p set role = p_papel::public.papel where p.id = v_pessoa.id returning p.* into v_pessoa;
  return private.descrever_pessoa(v_pessoa);
end
$$;
comment on function public.mudar_pessoa(uuid, text) is 'Changes the role of a person.';
revoke all on function public.mudar_pessoa(uuid, text) from public;
grant execute on function public.mudar_pessoa(uuid, text) to authenticated, service_role;
-- end

-- from sql/60_rpc/45_remover_pessoa.sql
-- Takes a person out of its client: it sees nothing any more, and neither do its API keys. An invitation brings it back.
-- Who: callers with the permission admin, for people of clients they act for; not for oneself.
-- Security definer: people and invitations are written by these functions alone.
-- Raises PT403 FORBIDDEN, PT404 NOT_FOUND, PT409 CONFLICT.
create function public.remover_pessoa(p_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_pessoa public.profiles;
begin
  v_pessoa := private.pessoa_administrada(v_chamador, p_id);
  update public.profiles p set "cdCliente" = null, role = 'default' where p.id = v_pessoa.id returning p.* into v_pessoa;
  return private.descrever_pessoa(v_pessoa);
end
$$;
comment on function public.remover_pessoa(uuid) is 'Takes a person out of its client.';
revoke all on function public.remover_pessoa(uuid) from public;
grant execute on function public.remover_pessoa(uuid) to authenticated, service_role;
-- end

-- from sql/60_rpc/46_aceitar_convite.sql
-- The person who calls joins the client of an invitation, as a reader. Whoever belongs to one has to be removed there first.
-- Who: people who are signed in and belong to no client.
-- Security definer: people do not see the invitations of clients they are not of.
-- Raises PT403 FORBIDDEN (a key, a tracker), PT404 NOT_FOUND (unknown, expired or used up), PT409 CONFLICT.
create function public.aceitar_convite(p_ds_chave text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_chamador();
  v_convite public."TbClienteChave";
  v_pessoa public.profiles;
begin
  if v_chamador."dsTipo" <> 'user' then
    raise sqlstate 'PT403' using message = 'Only people accept invitations', hint = 'FORBIDDEN';
  elsif v_chamador."cdCliente" is not null or v_chamador."blServico" then
    raise sqlstate 'PT409' using message = 'Whoever belongs to a client joins no other', hint = 'CONFLICT',
      detail = 'An admin of that client removes you from it first.';
  end if;
  v_convite := private.vaga_da_chave(p_ds_chave);
  if v_convite.id is null then
    raise sqlstate 'PT404' using message = 'The invitation is unknown, has expired or is used up', hint = 'NOT_FOUND';
  end if;
  update public.profiles p set "cdCliente" = v_convite."cdCliente", "cdChave" = v_convite.id, role = 'default'
  where p.id = substring(v_chamador."dsChamador" from 6)::uuid and p."cdCliente" is null
  returning p.* into v_pessoa;
  return private.descrever_pessoa(v_pessoa);
end
$$;
comment on function public.aceitar_convite(text) is 'The person who calls joins the client of an invitation.';
revoke all on function public.aceitar_convite(text) from public;
grant execute on function public.aceitar_convite(text) to authenticated, service_role;
-- end

-- from sql/40_private/35_lote.sql
-- Many new rows at once: what is wrong with any of them, each fault with its row (from 0) and column.

-- A code that a row names must be one the caller may point to; whether others exist is not told.
create function private.erro_do_codigo(p_coluna text, p_codigo integer) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when not case p_coluna
      when 'cdCliente' then p_codigo = any (private.clientes_administrados())
        or private.eh_servico() and exists (select from public."TbCliente" c where c."cdCliente" = p_codigo)
      when 'cdDestinatario' then p_codigo in (select private.destinatarios_administrados())
      when 'cdProduto' then p_codigo in (select private.produtos_administrados())
      when 'cdDispositivo' then p_codigo in (select private.dispositivos_administrados())
      when 'cdTipoSensor' then exists (select from public."TbTipoSensor" t where t.id = p_codigo)
      when 'cdProdutoItem' then exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = p_codigo)
        and not private.item_alheio(p_codigo)
      else true
    end then format('%s %s is not known', p_coluna, p_codigo) end
$$;
comment on function private.erro_do_codigo(text, integer) is 'Why a new row may not name this code; null when it may.';
revoke all on function private.erro_do_codigo(text, integer) from public;

-- Each code is looked up once, however many rows name it.
create function private.erros_dos_codigos(p_linhas jsonb) returns table (linha integer, coluna text, texto text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with dito as materialized (
    select (l.n - 1)::integer as linha, c.key as coluna, c.value::text::integer as codigo
    from jsonb_array_elements(p_linhas) with ordinality as l(e, n)
    cross join lateral jsonb_each(l.e) c
    where c.key in ('cdCliente', 'cdDestinatario', 'cdProduto', 'cdDispositivo', 'cdTipoSensor', 'cdProdutoItem') and c.value <> 'null'
  ), julgado as materialized (
    select d.coluna, d.codigo, private.erro_do_codigo(d.coluna, d.codigo) as texto
    from (select distinct coluna, codigo from dito) d
  )
  select d.linha, d.coluna, j.texto
  from dito d
  join julgado j using (coluna, codigo)
  where j.texto is not null
$$;
comment on function private.erros_dos_codigos(jsonb) is 'Rows that name what the caller may not point to.';
revoke all on function private.erros_dos_codigos(jsonb) from public;

-- Names of points are unique on their device, among the new ones and with those that there are.
create function private.erros_dos_pontos(p_linhas jsonb) returns table (linha integer, coluna text, texto text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.linha, 'dsPonto', format('the device has a point %s already', left(p.ponto, 80))
  from (
    select (l.n - 1)::integer as linha, (l.e ->> 'cdDispositivo')::integer as dispositivo, l.e ->> 'dsPonto' as ponto,
           row_number() over (partition by l.e ->> 'cdDispositivo', l.e ->> 'dsPonto' order by l.n) as vez
    from jsonb_array_elements(p_linhas) with ordinality as l(e, n)
    where l.e ->> 'dsPonto' is not null
  ) p
  where p.dispositivo in (select private.dispositivos_administrados()) and (p.vez > 1 or exists (
    select from public."TbSensor" s where s."cdDispositivo" = p.dispositivo and s."dsPonto" = p.ponto))
$$;
comment on function private.erros_dos_pontos(jsonb) is 'Rows that name a point which their device has already.';
revoke all on function private.erros_dos_pontos(jsonb) from public;

-- Security definer: codes are looked up among rows that the caller may not read.
create function private.erros_do_lote(p_linhas jsonb) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(to_jsonb(e) order by e.linha, e.coluna), '[]')
  from (select * from private.erros_dos_codigos(p_linhas) union all select * from private.erros_dos_pontos(p_linhas)) e
$$;
comment on function private.erros_do_lote(jsonb) is 'All that is wrong with new rows: [{linha, coluna, texto}].';
revoke all on function private.erros_do_lote(jsonb) from public;
grant execute on function private.erros_do_lote(jsonb) to authenticated, service_role;
-- end

-- from sql/60_rpc/47_criar_cadastros.sql
-- Many new devices or sensors, all of them or none: {total, criados, erros: [{linha, coluna, texto}], data: their rows}.
-- p_cadastro    dispositivos, sensores;  p_linhas  [{column: value}], at most 5,000
-- p_validar     only look: erros says all that is wrong, and nothing is stored, as when anything is
-- Who: callers with the permission admin; row-level security decides for which clients.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT404 NOT_FOUND (no such name), PT413 TOO_LARGE.
create function public.criar_cadastros(p_cadastro text, p_linhas jsonb, p_validar boolean default false) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_erros jsonb;
  v_linhas jsonb := jsonb_build_array();
begin
  if jsonb_typeof(p_linhas) is distinct from 'array' or p_cadastro not in ('dispositivos', 'sensores') then
    raise sqlstate 'PT400' using message = 'Lists of devices or sensors are made at once, nothing else', hint = 'MALFORMED';
  elsif jsonb_array_length(p_linhas) > 5000 then
    raise sqlstate 'PT413' using message = 'The list has more than 5000 rows', hint = 'TOO_LARGE';
  end if;
  if p_linhas = '[]' then
    raise sqlstate 'PT400' using message = 'There is no row', hint = 'MALFORMED';
  end if;
  perform private.colunas_dadas(v_cadastro, l) from jsonb_array_elements(p_linhas) l;
  v_erros := private.erros_do_lote(p_linhas);
  if v_erros = '[]' and not coalesce(p_validar, false) then
    v_linhas := (select jsonb_agg(private.completar_linha(v_cadastro, v_chamador, l.e) order by l.n)
                 from jsonb_array_elements(p_linhas) with ordinality as l(e, n));
    execute format($sql$
      insert into public.%1$I (%2$s) select %2$s from jsonb_populate_recordset(null::public.%1$I, $1) f
      $sql$, v_cadastro.tabela,
      (select string_agg(distinct format('%I', k), ', ') from jsonb_array_elements(v_linhas) l, jsonb_object_keys(l) k))
    using v_linhas;
    execute format('select jsonb_agg(private.descrever_linha(f)) from jsonb_populate_recordset(null::public.%I, $1) f',
                   v_cadastro.tabela)
    into v_linhas using v_linhas;
  end if;
  return jsonb_build_object('total', jsonb_array_length(p_linhas), 'criados', jsonb_array_length(v_linhas),
                            'erros', v_erros, 'data', v_linhas);
end
$$;
comment on function public.criar_cadastros(text, jsonb, boolean) is 'Many new devices or sensors, all of them or none.';
revoke all on function public.criar_cadastros(text, jsonb, boolean) from public;
grant execute on function public.criar_cadastros(text, jsonb, boolean) to authenticated, service_role;
-- end
