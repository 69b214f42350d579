-- Whether a chunk of values unpacks to the rows that were packed. A marked chunk is read as nothing, so it is
-- not intact. Called by private.damaged_chunks.
create function private.is_intact_values(p_chunk bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select count(u.*) = c."nrQtd" and bit_xor(hash_record_extended(u, 0)) = c."nrVerificacao"
    and min(u."dtRegistro") = c."dtPrimeiro" and max(u."dtRegistro") = c."dtUltimo"
  from series."TbSensorRegistroFrio" c
  left join lateral (
    select v."dtRegistro", v."nrValor", v."cdPosicao", v."cdSensor", v."cdDispositivo", v."cdCliente",
           v."cdProdutoItem", v."nrQualidade", v."blValor", v."dsValor"
    from private.unpacked_values(c."dtPrimeiro", c."dtUltimo" + interval '1 microsecond') v
    where v."cdPacote" = c."cdPacote"
  ) u on true
  where c."cdPacote" = p_chunk
  group by c."cdPacote"
$$;
comment on function private.is_intact_values is
  'Whether a chunk of values unpacks to the rows that were packed.';
revoke all on function private.is_intact_values from public;
