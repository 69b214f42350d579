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
      select k.places, (c."pcRegistro").base as t0, (c."pcRegistro").step as t1,
             (c."pcRegistro").unit as t2, (c."pcRegistro").width as t3,
             (c."pcRegistro").blank as t4, (c."pcRegistro").planes as t,
             (c."pcSeq").base as q0, (c."pcSeq").step as q1, (c."pcSeq").unit as q2,
             (c."pcSeq").width as q3, (c."pcSeq").blank as q4, (c."pcSeq").planes as q,
             (c."pcPosicao").base as p0, (c."pcPosicao").step as p1, (c."pcPosicao").unit as p2,
             (c."pcPosicao").width as p3, (c."pcPosicao").blank as p4, (c."pcPosicao").planes as p,
             (c."pcLat").divisor as y_divisor, (c."pcLat").others as y_others,
             ((c."pcLat").numbers).base as y0, ((c."pcLat").numbers).step as y1,
             ((c."pcLat").numbers).unit as y2, ((c."pcLat").numbers).width as y3,
             ((c."pcLat").numbers).blank as y4, ((c."pcLat").numbers).planes as y,
             (c."pcLong").divisor as x_divisor, (c."pcLong").others as x_others,
             ((c."pcLong").numbers).base as x0, ((c."pcLong").numbers).step as x1,
             ((c."pcLong").numbers).unit as x2, ((c."pcLong").numbers).width as x3,
             ((c."pcLong").numbers).blank as x4, ((c."pcLong").numbers).planes as x,
             (c."pcPrecisao").divisor as r_divisor, (c."pcPrecisao").others as r_others,
             ((c."pcPrecisao").numbers).base as r0, ((c."pcPrecisao").numbers).step as r1,
             ((c."pcPrecisao").numbers).unit as r2, ((c."pcPrecisao").numbers).width as r3,
             ((c."pcPrecisao").numbers).blank as r4, ((c."pcPrecisao").numbers).planes as r,
             (c."pcBat").divisor as b_divisor, (c."pcBat").others as b_others,
             ((c."pcBat").numbers).base as b0, ((c."pcBat").numbers).step as b1,
             ((c."pcBat").numbers).unit as b2, ((c."pcBat").numbers).width as b3,
             ((c."pcBat").numbers).blank as b4, ((c."pcBat").numbers).planes as b,
             (c."pcDestinatario").base as s0, (c."pcDestinatario").step as s1,
             (c."pcDestinatario").unit as s2, (c."pcDestinatario").width as s3,
             (c."pcDestinatario").blank as s4, (c."pcDestinatario").planes as s,
             (c."pcEndereco").base as e0, (c."pcEndereco").step as e1, (c."pcEndereco").unit as e2,
             (c."pcEndereco").width as e3, (c."pcEndereco").blank as e4, (c."pcEndereco").planes as e
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
