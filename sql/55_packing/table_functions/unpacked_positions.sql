-- Rows of packed positions in a time range, as private.unpacked_values.
-- The letters: t times, q nrSeq, p cdPosicao, y latitudes, x longitudes, r precision, b volts, s sites,
-- e addresses, m distances, a areas.
-- Without SET clause, to be inlined: conditions on device and client reach the index.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.unpacked_positions(p_since timestamp, p_until timestamp)
returns table ("cdPacote" bigint, "cdPosicao" bigint, "dtRegistro" timestamp, "dsLat" double precision,
               "dsLong" double precision, "nrBat" double precision, "cdDispositivo" integer,
               "cdCliente" integer, "nrSeq" bigint, "cdDestinatario" integer, "cdEndereco" integer,
               "nrDistancia" real, "blArea" boolean, "nrPrecisao" real)
language sql stable
begin atomic
  select c."cdPacote", r."cdPosicao", r."dtRegistro", r."dsLat", r."dsLong", r."nrBat", c."cdDispositivo",
         c."cdCliente", r."nrSeq", r."cdDestinatario", r."cdEndereco", r."nrDistancia", r."blArea",
         r."nrPrecisao"
  from series."TbPosicaoFria" c
  cross join lateral (
    select private.unpack_integer(h.p0, h.p1, h.p2, h.p3, h.p4, h.p, c."nrQtd", d.n) as "cdPosicao",
           c."dtPrimeiro" + private.unpack_integer(h.t0, h.t1, h.t2, h.t3,
             h.t4, h.t, c."nrQtd", d.n) * interval '0.000001 s' as "dtRegistro",
           coalesce(private.unpack_integer(h.y0, h.y1, h.y2, h.y3,
             h.y4, h.y, c."nrQtd", d.n) / h.y_divisor, d.y_others) as "dsLat",
           coalesce(private.unpack_integer(h.x0, h.x1, h.x2, h.x3,
             h.x4, h.x, c."nrQtd", d.n) / h.x_divisor, d.x_others) as "dsLong",
           coalesce(private.unpack_integer(h.b0, h.b1, h.b2, h.b3,
             h.b4, h.b, c."nrQtd", d.n) / h.b_divisor, d.b_others) as "nrBat",
           private.unpack_integer(h.q0, h.q1, h.q2, h.q3, h.q4, h.q, c."nrQtd", d.n) as "nrSeq",
           private.unpack_integer(h.s0, h.s1, h.s2, h.s3,
             h.s4, h.s, c."nrQtd", d.n)::integer as "cdDestinatario",
           private.unpack_integer(h.e0, h.e1, h.e2, h.e3,
             h.e4, h.e, c."nrQtd", d.n)::integer as "cdEndereco",
           d.m as "nrDistancia", d.a as "blArea",
           coalesce(private.unpack_integer(h.r0, h.r1, h.r2, h.r3,
             h.r4, h.r, c."nrQtd", d.n) / h.r_divisor, d.r_others)::real as "nrPrecisao"
    from (
      select w.places, (w.t).base as t0, (w.t).step as t1, (w.t).unit as t2, (w.t).width as t3,
             (w.t).blank as t4, (w.t).planes as t, (w.q).base as q0, (w.q).step as q1, (w.q).unit as q2,
             (w.q).width as q3, (w.q).blank as q4, (w.q).planes as q, (w.p).base as p0, (w.p).step as p1,
             (w.p).unit as p2, (w.p).width as p3, (w.p).blank as p4, (w.p).planes as p,
             (w.y).divisor as y_divisor, (w.y).others as y_others, ((w.y).numbers).base as y0,
             ((w.y).numbers).step as y1, ((w.y).numbers).unit as y2, ((w.y).numbers).width as y3,
             ((w.y).numbers).blank as y4, ((w.y).numbers).planes as y, (w.x).divisor as x_divisor,
             (w.x).others as x_others, ((w.x).numbers).base as x0, ((w.x).numbers).step as x1,
             ((w.x).numbers).unit as x2, ((w.x).numbers).width as x3, ((w.x).numbers).blank as x4,
             ((w.x).numbers).planes as x, (w.r).divisor as r_divisor, (w.r).others as r_others,
             ((w.r).numbers).base as r0, ((w.r).numbers).step as r1, ((w.r).numbers).unit as r2,
             ((w.r).numbers).width as r3, ((w.r).numbers).blank as r4, ((w.r).numbers).planes as r,
             (w.b).divisor as b_divisor, (w.b).others as b_others, ((w.b).numbers).base as b0,
             ((w.b).numbers).step as b1, ((w.b).numbers).unit as b2, ((w.b).numbers).width as b3,
             ((w.b).numbers).blank as b4, ((w.b).numbers).planes as b, (w.s).base as s0, (w.s).step as s1,
             (w.s).unit as s2, (w.s).width as s3, (w.s).blank as s4, (w.s).planes as s, (w.e).base as e0,
             (w.e).step as e1, (w.e).unit as e2, (w.e).width as e3, (w.e).blank as e4, (w.e).planes as e
      from ( -- in an array a column is decompressed once, otherwise with each of its fields
        select k.places, (array[c."pcRegistro"])[1] as t, (array[c."pcSeq"])[1] as q,
               (array[c."pcPosicao"])[1] as p, (array[c."pcLat"])[1] as y, (array[c."pcLong"])[1] as x,
               (array[c."pcPrecisao"])[1] as r, (array[c."pcBat"])[1] as b,
               (array[c."pcDestinatario"])[1] as s, (array[c."pcEndereco"])[1] as e
        from ( -- before anything of the chunk is looked at
          select case
            when private.is_sound_positions(c.ctid) is not true
            then array[private.refuse_chunk(
              'TbPosicaoFria', c."cdPacote", 'device ' || c."cdDispositivo", c."cdCliente", c."dtPrimeiro")]
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
      unnest(h.y_others[h.places[1]:h.places[2]]), unnest(h.x_others[h.places[1]:h.places[2]]),
      unnest(h.r_others[h.places[1]:h.places[2]]), unnest(h.b_others[h.places[1]:h.places[2]]),
      unnest(c."arDistancia"[h.places[1]:h.places[2]]), unnest(c."arArea"[h.places[1]:h.places[2]])
    ) d(n, y_others, x_others, r_others, b_others, m, a)
    offset 0
  ) r
  where c."dtPrimeiro" >= date_trunc('month', p_since) and c."dtPrimeiro" < p_until
    and c."dtUltimo" >= p_since and not c."blDanificado";
end;
comment on function private.unpacked_positions is 'Rows of packed positions in a time range.';
revoke all on function private.unpacked_positions from public;
grant execute on function private.unpacked_positions to authenticated, service_role;
