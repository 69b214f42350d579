-- What is wrong with one sensor reading, as 'CODE text'. Only called for readings that look wrong or carry rare fields.

create function private.erro_do_sensor(p_n bigint, p_sensor jsonb, p_ponto jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_sensor is not null and not private.eh_numero_inteiro(p_sensor)
      then format('MALFORMED sensores[%s].cdSensor must be a whole number', p_n - 1)
    when p_sensor is not null
      then format('UNKNOWN_SENSOR sensores[%s]: the device has no sensor %s', p_n - 1, left(p_sensor::text, 40))
    when jsonb_typeof(p_ponto) <> 'string'
      then format('MALFORMED sensores[%s].dsPonto must be a text', p_n - 1)
    else format('UNKNOWN_POINT sensores[%s]: the device has no point %s', p_n - 1, left(p_ponto::text, 80))
  end
$$;
comment on function private.erro_do_sensor(bigint, jsonb, jsonb) is 'Why a reading names no sensor of its device.';
revoke all on function private.erro_do_sensor(bigint, jsonb, jsonb) from public;

-- An item may be named when it is the sensor's own or belongs to a product of the client; whether others exist is not told.
create function private.item_permitido(p_item integer, p_item_sensor integer, p_cd_cliente integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select p_item = p_item_sensor or exists (
    select from public."TbProdutoItemJoinTable" j
    join public."TbProduto" p on p."cdProduto" = j."cdProduto"
    where j."cdProdutoItem" = p_item and p."cdCliente" = p_cd_cliente)
$$;
comment on function private.item_permitido(integer, integer, integer) is 'The product item may be named in a reading of this sensor.';
revoke all on function private.item_permitido(integer, integer, integer) from public;

create function private.erro_do_valor(p_n bigint, p_json jsonb, p_cd_cliente integer,
                                      p_item_sensor integer) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when private.eh_infinito(c.valor) and private.ler_real(c.valor) is null
      then format('INVALID_VALUE sensores[%s].nrValor is not a finite number', p_n - 1)
    when c.valor is not null and private.ler_real(c.valor) is null
      then format('MALFORMED sensores[%s].nrValor must be a number', p_n - 1)
    when jsonb_typeof(c.logico) <> 'boolean'
      then format('MALFORMED sensores[%s].blValor must be true or false', p_n - 1)
    when jsonb_typeof(c.texto) <> 'string'
      then format('MALFORMED sensores[%s].dsValor must be a text', p_n - 1)
    when c.qualidade not in ('0', '1', '2')
      then format('INVALID_VALUE sensores[%s].nrQualidade must be 0 (ok), 1 (suspect) or 2 (fault)', p_n - 1)
    when c.item is not null and not private.eh_numero_inteiro(c.item)
      then format('MALFORMED sensores[%s].cdProdutoItem must be a whole number', p_n - 1)
    when c.item is not null
         and not coalesce(private.item_permitido(private.ler_inteiro(c.item), p_item_sensor, p_cd_cliente), false)
      then format('INVALID_VALUE sensores[%s].cdProdutoItem %s is not an item of this client''s products',
                  p_n - 1, left(c.item::text, 40))
  end
  from (select nullif(p_json -> 'nrValor', 'null') as valor, nullif(p_json -> 'blValor', 'null') as logico,
               nullif(p_json -> 'dsValor', 'null') as texto, nullif(p_json -> 'nrQualidade', 'null') as qualidade,
               nullif(p_json -> 'cdProdutoItem', 'null') as item) c
$$;
comment on function private.erro_do_valor(bigint, jsonb, integer, integer) is
  'Why the value, quality or item of a reading cannot be stored; null when it can.';
revoke all on function private.erro_do_valor(bigint, jsonb, integer, integer) from public;
