-- Whether a chunk of rollups unpacks to the rows that were packed, as private.is_intact_values.
create function private.is_intact_buckets(p_chunk bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select count(u.*) = c."nrQtd" and bit_xor(hash_record_extended(u, 0)) = c."nrVerificacao"
    and min(u."dtBucket") >= c."dtInicio" and max(u."dtBucket") < c."dtFim"
  from series."TbRollupFrio" c
  left join lateral (
    select v."dtBucket", v."nrSoma", v."nrMin", v."nrMax", v."nrQtd", v."cdSensor", v."cdCliente",
           v."cdProdutoItem", v."nrFino"
    from private.unpacked_buckets(c."nrMinutos", c."dtInicio", c."dtFim") v
    where v."cdPacote" = c."cdPacote"
  ) u on true
  where c."cdPacote" = p_chunk
  group by c."cdPacote"
$$;
comment on function private.is_intact_buckets is
  'Whether a chunk of rollups unpacks to the rows that were packed.';
revoke all on function private.is_intact_buckets from public;
