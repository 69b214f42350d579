-- Functions of the legacy application, as it calls them: with their old arguments, and rows as answers. Those
-- that have another shape now are called …_atual until the conversion is finished: PostgREST finds functions
-- by name, and may still write requests for the old ones. They run as their caller: policies decide which
-- rows.
-- Security definer: admit_legacy, as who calls has no rights on schema conversao.
create or replace function private.admit_legacy(p_call text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  perform conversao.admit(p_call);
end
$$;
comment on function private.admit_legacy is
  'Counts a call of a function of the legacy application, or refuses it after the date.';
revoke all on function private.admit_legacy from public;
grant execute on function private.admit_legacy to authenticated, service_role;

alter function public.get_lista_dispositivos_resumo rename to get_lista_dispositivos_resumo_atual;
alter function public.get_abertura_porta_aggregation rename to get_abertura_porta_aggregation_atual;
alter function public.get_movimento_pessoas_aggregation rename to get_movimento_pessoas_aggregation_atual;
alter function public.get_grouped_sensor_data rename to get_grouped_sensor_data_atual;

create function public.get_grouped_sensor_data(dispositivos integer[],
  dt_registro_comeco timestamp default null, dt_registro_fim timestamp default null)
returns table ("cdDispositivo" integer, "dsTipoSensor" text, "totalLeitura" double precision,
               "mediaLeitura" double precision)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform private.admit_legacy('get_grouped_sensor_data');
  return query
    select g."cdDispositivo", g."dsTipoSensor", g."totalLeitura", g."mediaLeitura"
    from json_to_recordset(public.get_grouped_sensor_data_atual(
           dispositivos, dt_registro_comeco at time zone 'UTC', dt_registro_fim at time zone 'UTC'))
      as g("cdDispositivo" integer, "dsTipoSensor" text, "totalLeitura" double precision,
           "mediaLeitura" double precision);
end
$$;

create function public.get_lista_dispositivos_resumo(dt_registro_inicio timestamp default null,
  dt_registro_fim timestamp default null, cd_status public.status default null, ds_uf text default null,
  bl_area boolean default null, nr_bateria_min double precision default null,
  nr_bateria_max double precision default null, cd_cliente integer default null,
  cd_produto integer default null)
returns table ("cdDispositivo" integer, "dsDispositivo" text, "cdStatus" public.status, "dsLogradouro" text,
               "nrNumero" text, "dsComplemento" text, "dsCidade" text, "dsUF" text, "blArea" boolean,
               "nrBat" double precision, "dsNomeProduto" text)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform private.admit_legacy('get_lista_dispositivos_resumo');
  return query
    select d."cdDispositivo", d."dsDispositivo", d."cdStatus", e."dsLogradouro", e."nrNumero",
           e."dsComplemento", e."dsCidade", e."dsUF", u."blArea", u."nrBat", p."dsNome"
    from public."TbDispositivo" d
    join public."TbProduto" p on p."cdProduto" = d."cdProduto"
    left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
    left join public."TbEndereco" e on e."cdEndereco" = t."cdEndereco"
    left join public."TbPosicaoAtual" u
      on u."cdDispositivo" = d."cdDispositivo" and u."cdCliente" = d."cdCliente"
    where (cd_status is null or d."cdStatus" = cd_status) and (ds_uf is null or e."dsUF" = ds_uf)
      and (bl_area is null or u."blArea" = bl_area)
      and (nr_bateria_min is null or u."nrBat" >= nr_bateria_min)
      and (nr_bateria_max is null or u."nrBat" <= nr_bateria_max)
      and (cd_cliente is null or d."cdCliente" = cd_cliente)
      and (cd_produto is null or d."cdProduto" = cd_produto)
    order by d."cdDispositivo";
end
$$;

-- Sums of a product by hour of the day or day of the week, in UTC, value by value as the old functions did.
create or replace function private.legacy_chart(p_sensor_type bigint, p_product integer, p_start timestamptz,
  p_end timestamptz, p_devices integer[], p_client integer, p_type text)
returns table (time_period integer, total_value bigint, record_count bigint, last_read timestamptz)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select date_part(case p_type when 'hourly' then 'hour' else 'dow' end, r."dtRegistro")::integer,
         round(sum(r."nrValor"::numeric))::bigint, count(*), max(r."dtRegistro") at time zone 'UTC'
  from private.sensors_of_devices(private.devices_of_product(p_product, p_devices, p_client),
                                  array[p_sensor_type]) s
  join public."TbSensorRegistro" r
    on r."cdSensor" = s."cdSensor" and r."cdDispositivo" = s."cdDispositivo"
  where r."dtRegistro" >= p_start at time zone 'UTC' and r."dtRegistro" <= p_end at time zone 'UTC'
    and abs(r."nrValor") < 1e15 and r."nrQualidade" < 2
  group by 1
  order by 1
$$;
comment on function private.legacy_chart is 'A chart as the legacy application gets it.';
revoke all on function private.legacy_chart from public;
grant execute on function private.legacy_chart to authenticated, service_role;

create function public.get_abertura_porta_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_aggregation_type text default 'hourly')
returns table (time_period integer, total_value bigint, record_count bigint, last_read timestamptz)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform private.admit_legacy('get_abertura_porta_aggregation');
  return query select * from private.legacy_chart(private.sensor_type('porta'), p_cd_produto, p_dt_inicio,
    p_dt_fim, p_cd_dispositivos, p_cd_cliente, p_aggregation_type);
end
$$;

create function public.get_abertura_porta_hourly_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null)
returns table (hour_of_day integer, total_value bigint, record_count bigint, last_read timestamptz)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform private.admit_legacy('get_abertura_porta_hourly_aggregation');
  return query select * from private.legacy_chart(private.sensor_type('porta'), p_cd_produto, p_dt_inicio,
    p_dt_fim, p_cd_dispositivos, null, 'hourly');
end
$$;

create function public.get_movimento_pessoas_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_aggregation_type text default 'hourly')
returns table (time_period integer, total_value bigint, record_count bigint, last_read timestamptz)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform private.admit_legacy('get_movimento_pessoas_aggregation');
  return query select * from private.legacy_chart(private.sensor_type('pessoas'), p_cd_produto, p_dt_inicio,
    p_dt_fim, p_cd_dispositivos, p_cd_cliente, p_aggregation_type);
end
$$;

-- Codes that a person reaches: of whoever asks, or with the service key of anybody.
create function public.get_clientes_user(user_id uuid) returns integer[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select array_agg(c."cdCliente")
    from public.profiles p
    join public."TbCliente" c on c."cdCliente" = p."cdCliente" or c."cdClientePai" = p."cdCliente"
    where p.id = user_id);
end
$$;

create function public.get_cliente(user_id uuid) returns setof bigint
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return query select p."cdCliente"::bigint from public.profiles p where p.id = user_id;
end
$$;

create function public.get_clientes_user_by_dispositivo(user_id uuid) returns integer[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (select array_agg(d."cdDispositivo") from public."TbDispositivo" d
          where d."cdCliente" = any (public.get_clientes_user(user_id)));
end
$$;

create function public.get_clientes_user_by_produto(user_id uuid) returns integer[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (select array_agg(p."cdProduto") from public."TbProduto" p
          where p."cdCliente" = any (public.get_clientes_user(user_id)));
end
$$;

create function public.get_clientes_user_by_produto_item(user_id uuid) returns integer[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (select array_agg(j."cdProdutoItem") from public."TbProdutoItemJoinTable" j
          where j."cdProduto" = any (public.get_clientes_user_by_produto(user_id)));
end
$$;

do $$
declare
  v_name text;
begin
  foreach v_name in array array['get_grouped_sensor_data', 'get_lista_dispositivos_resumo',
    'get_abertura_porta_aggregation', 'get_abertura_porta_hourly_aggregation',
    'get_movimento_pessoas_aggregation', 'get_clientes_user', 'get_cliente',
    'get_clientes_user_by_dispositivo', 'get_clientes_user_by_produto', 'get_clientes_user_by_produto_item']
  loop
    execute format('revoke all on function public.%I from public, anon, authenticated, service_role', v_name);
    execute format('grant execute on function public.%I to authenticated, service_role', v_name);
    execute format('comment on function public.%I is %L', v_name,
                   'For the legacy application, until the conversion is finished.');
  end loop;
end
$$
