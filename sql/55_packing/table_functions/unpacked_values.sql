-- Rows of packed values in a time range, chunk by chunk. Chunks outside it are not unpacked; of a chunk that
-- it cuts, only the rows in it are. What a chunk has once is taken out of it once, and a number is computed
-- once (offset 0): otherwise a sort would carry the whole chunk with each row.
-- A chunk is of one month, so that its first time is enough to find it by the index.
-- p_until   excluded
-- A damaged chunk that is not marked yet raises an error that names it (private.refuse_chunk).
-- The letters: t times, v values, p positions, d devices, i items, q quality, b booleans, s texts.
-- Without SET clause, to be inlined: conditions on sensor and client reach the index.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.unpacked_values(p_since timestamp, p_until timestamp)
returns table ("cdPacote" bigint, "dtRegistro" timestamp, "nrValor" double precision, "cdPosicao" bigint,
               "cdSensor" integer, "cdDispositivo" integer, "cdCliente" integer, "cdProdutoItem" integer,
               "nrQualidade" smallint, "blValor" boolean, "dsValor" text)
language sql stable
begin atomic
  select c."cdPacote", r."dtRegistro", r."nrValor", r."cdPosicao", c."cdSensor", r."cdDispositivo",
         c."cdCliente", r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
  from series."TbSensorRegistroFrio" c
  cross join lateral (
    select c."dtPrimeiro" + private.unpack_integer(h.t0, h.t1, h.t2, h.t3,
             h.t4, h.t, c."nrQtd", d.n) * interval '0.000001 s' as "dtRegistro",
           coalesce(private.unpack_integer(h.v0, h.v1, h.v2, h.v3,
             h.v4, h.v, c."nrQtd", d.n) / h.v_divisor, d.v_others) as "nrValor",
           private.unpack_integer(h.p0, h.p1, h.p2, h.p3, h.p4, h.p, c."nrQtd", d.n) as "cdPosicao",
           private.unpack_integer(h.d0, h.d1, h.d2, h.d3,
             h.d4, h.d, c."nrQtd", d.n)::integer as "cdDispositivo",
           private.unpack_integer(h.i0, h.i1, h.i2, h.i3,
             h.i4, h.i, c."nrQtd", d.n)::integer as "cdProdutoItem",
           private.unpack_integer(h.q0, h.q1, h.q2, h.q3,
             h.q4, h.q, c."nrQtd", d.n)::smallint as "nrQualidade",
           d.b as "blValor", d.s as "dsValor"
    from (
      select w.places, (w.t).base as t0, (w.t).step as t1, (w.t).unit as t2, (w.t).width as t3,
             (w.t).blank as t4, (w.t).planes as t, (w.v).divisor as v_divisor, (w.v).others as v_others,
             ((w.v).numbers).base as v0, ((w.v).numbers).step as v1, ((w.v).numbers).unit as v2,
             ((w.v).numbers).width as v3, ((w.v).numbers).blank as v4, ((w.v).numbers).planes as v,
             (w.p).base as p0, (w.p).step as p1, (w.p).unit as p2, (w.p).width as p3, (w.p).blank as p4,
             (w.p).planes as p, (w.d).base as d0, (w.d).step as d1, (w.d).unit as d2, (w.d).width as d3,
             (w.d).blank as d4, (w.d).planes as d, (w.i).base as i0, (w.i).step as i1, (w.i).unit as i2,
             (w.i).width as i3, (w.i).blank as i4, (w.i).planes as i, (w.q).base as q0, (w.q).step as q1,
             (w.q).unit as q2, (w.q).width as q3, (w.q).blank as q4, (w.q).planes as q
      from ( -- in an array a column is decompressed once, otherwise with each of its fields
        select k.places, (array[c."pcRegistro"])[1] as t, (array[c."pcValor"])[1] as v,
               (array[c."pcPosicao"])[1] as p, (array[c."pcDispositivo"])[1] as d,
               (array[c."pcProdutoItem"])[1] as i, (array[c."pcQualidade"])[1] as q
        from ( -- before anything of the chunk is looked at
          select case
            when private.is_sound_values(c.ctid) is not true
            then array[private.refuse_chunk(
              'TbSensorRegistroFrio', c."cdPacote", 'sensor ' || c."cdSensor", c."cdCliente", c."dtPrimeiro")]
            when p_since > c."dtPrimeiro" or p_until <= c."dtUltimo"
            then private.places_between(c."pcRegistro", c."nrQtd", c."dtPrimeiro", p_since, p_until)
            else array[1, c."nrQtd"] end as places
          offset 0
        ) k
        offset 0
      ) w
      offset 0
    ) h
    cross join lateral rows from (
      generate_series(h.places[1] - 1, h.places[2] - 1),
      unnest(h.v_others[h.places[1]:h.places[2]]), unnest(c."arBooleano"[h.places[1]:h.places[2]]),
      unnest(c."arTexto"[h.places[1]:h.places[2]])
    ) d(n, v_others, b, s)
    offset 0
  ) r
  where c."dtPrimeiro" >= date_trunc('month', p_since) and c."dtPrimeiro" < p_until
    and c."dtUltimo" >= p_since and not c."blDanificado";
end;
comment on function private.unpacked_values is 'Rows of packed values in a time range.';
revoke all on function private.unpacked_values from public;
grant execute on function private.unpacked_values to authenticated, service_role;
