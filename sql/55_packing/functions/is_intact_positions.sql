-- Whether a chunk of positions unpacks to the rows that were packed, as private.is_intact_values.
create function private.is_intact_positions(p_chunk bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select count(u.*) = c."nrQtd" and bit_xor(hash_record_extended(u, 0)) = c."nrVerificacao"
    and min(u."dtRegistro") = c."dtPrimeiro" and max(u."dtRegistro") = c."dtUltimo"
  from series."TbPosicaoFria" c
  left join lateral (
    select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo", p."cdCliente",
           p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea", p."nrPrecisao"
    from private.unpacked_positions(c."dtPrimeiro", c."dtUltimo" + interval '1 microsecond') p
    where p."cdPacote" = c."cdPacote"
  ) u on true
  where c."cdPacote" = p_chunk
  group by c."cdPacote"
$$;
comment on function private.is_intact_positions is
  'Whether a chunk of positions unpacks to the rows that were packed.';
revoke all on function private.is_intact_positions from public;
