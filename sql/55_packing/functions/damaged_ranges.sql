-- Where packed chunks are marked as damaged: of each, its sensor or device, its client and the time up to the
-- next chunk. Rows that arrive for it cannot be folded in and stay as they are.
-- Part of private.values_to_pack and private.positions_to_pack; there are hardly ever any.
-- p_table   TbSensorRegistroFrio or TbPosicaoFria
create function private.damaged_ranges(p_table text) returns private.data_range[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(private.make_data_range(p_code => d.code, p_client => d."cdCliente",
    p_since => d."dtPrimeiro",
    p_until => coalesce(d.next_chunk, date_trunc('month', d."dtPrimeiro") + interval '1 month'))), '{}')
  from (
    select v."cdSensor" as code, v."cdCliente", v."dtPrimeiro", (
             select min(n."dtPrimeiro") from series."TbSensorRegistroFrio" n
             where n."cdSensor" = v."cdSensor" and n."cdCliente" = v."cdCliente"
               and n."dtPrimeiro" > v."dtPrimeiro"
               and n."dtPrimeiro" < date_trunc('month', v."dtPrimeiro") + interval '1 month') as next_chunk
    from series."TbSensorRegistroFrio" v where v."blDanificado" and p_table = 'TbSensorRegistroFrio'
    union all
    select p."cdDispositivo", p."cdCliente", p."dtPrimeiro", (
             select min(n."dtPrimeiro") from series."TbPosicaoFria" n
             where n."cdDispositivo" = p."cdDispositivo" and n."cdCliente" = p."cdCliente"
               and n."dtPrimeiro" > p."dtPrimeiro"
               and n."dtPrimeiro" < date_trunc('month', p."dtPrimeiro") + interval '1 month')
    from series."TbPosicaoFria" p where p."blDanificado" and p_table = 'TbPosicaoFria'
  ) d
$$;
comment on function private.damaged_ranges is 'Where packed chunks are marked as damaged.';
revoke all on function private.damaged_ranges from public;
