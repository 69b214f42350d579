-- The packed position of a device, time and client that has this nrSeq, or this code if one is given. As
-- private.packed_value.
create function private.packed_position(p_device integer, p_time timestamp, p_client integer, p_seq bigint,
  p_code bigint default null)
returns setof series."TbPosicao"
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select private.integer_at(c."pcPosicao", n), p_time, private.number_at(c."pcLat", n),
         private.number_at(c."pcLong", n), private.number_at(c."pcBat", n), p_device, p_client,
         private.integer_at(c."pcSeq", n), private.integer_at(c."pcDestinatario", n)::integer,
         private.integer_at(c."pcEndereco", n)::integer, c."arDistancia"[n + 1], c."arArea"[n + 1],
         private.number_at(c."pcPrecisao", n)::real
  from series."TbPosicaoFria" c
  cross join lateral unnest(
    case when p_code is not null then private.find_in_packed(c."pcPosicao", c."nrQtd", p_code)
         else array[private.find_position(c."pcRegistro", c."pcSeq", c."nrQtd",
                round(date_part('epoch', p_time - c."dtPrimeiro") * 1000000)::bigint, p_seq)] end) n
  where n is not null and c."cdDispositivo" = p_device and c."cdCliente" = p_client and not c."blDanificado"
    and c."dtPrimeiro" between date_trunc('month', p_time) and p_time and c."dtUltimo" >= p_time;
end;
comment on function private.packed_position is
  'The packed position of a device, time, client and nrSeq, or code.';
revoke all on function private.packed_position from public;
grant execute on function private.packed_position to authenticated, service_role;
