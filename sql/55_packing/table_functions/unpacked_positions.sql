-- Rows of packed positions, as private.unpacked_values.
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
  select c."cdPacote",
         private.unpack_integer(h.p0, h.p1, h.p2, h.p3, d.n, d.p),
         c."dtPrimeiro" + private.unpack_integer(h.t0, h.t1, h.t2, h.t3, d.n, d.t) * interval '0.000001 s',
         coalesce(private.unpack_integer(h.y0, h.y1, h.y2, h.y3, d.n, d.y) / h.y_divisor, d.y_others),
         coalesce(private.unpack_integer(h.x0, h.x1, h.x2, h.x3, d.n, d.x) / h.x_divisor, d.x_others),
         coalesce(private.unpack_integer(h.b0, h.b1, h.b2, h.b3, d.n, d.b) / h.b_divisor, d.b_others),
         c."cdDispositivo", c."cdCliente",
         private.unpack_integer(h.q0, h.q1, h.q2, h.q3, d.n, d.q),
         private.unpack_integer(h.s0, h.s1, h.s2, h.s3, d.n, d.s)::integer,
         private.unpack_integer(h.e0, h.e1, h.e2, h.e3, d.n, d.e)::integer,
         d.m, d.a,
         coalesce(private.unpack_integer(h.r0, h.r1, h.r2, h.r3, d.n, d.r) / h.r_divisor, d.r_others)::real
  from series."TbPosicaoFria" c
  cross join lateral (
    select k.quantity, (c."pcRegistro").base as t0, (c."pcRegistro").step as t1,
           (c."pcRegistro").unit as t2, (c."pcRegistro").width as t3, private.residuals(c."pcRegistro") as t,
           (c."pcSeq").base as q0, (c."pcSeq").step as q1, (c."pcSeq").unit as q2,
           (c."pcSeq").width as q3, private.residuals(c."pcSeq") as q,
           (c."pcPosicao").base as p0, (c."pcPosicao").step as p1, (c."pcPosicao").unit as p2,
           (c."pcPosicao").width as p3, private.residuals(c."pcPosicao") as p,
           (c."pcLat").divisor as y_divisor, (c."pcLat").others as y_others,
           ((c."pcLat").numbers).base as y0, ((c."pcLat").numbers).step as y1,
           ((c."pcLat").numbers).unit as y2, ((c."pcLat").numbers).width as y3,
           private.residuals((c."pcLat").numbers) as y,
           (c."pcLong").divisor as x_divisor, (c."pcLong").others as x_others,
           ((c."pcLong").numbers).base as x0, ((c."pcLong").numbers).step as x1,
           ((c."pcLong").numbers).unit as x2, ((c."pcLong").numbers).width as x3,
           private.residuals((c."pcLong").numbers) as x,
           (c."pcPrecisao").divisor as r_divisor, (c."pcPrecisao").others as r_others,
           ((c."pcPrecisao").numbers).base as r0, ((c."pcPrecisao").numbers).step as r1,
           ((c."pcPrecisao").numbers).unit as r2, ((c."pcPrecisao").numbers).width as r3,
           private.residuals((c."pcPrecisao").numbers) as r,
           (c."pcBat").divisor as b_divisor, (c."pcBat").others as b_others,
           ((c."pcBat").numbers).base as b0, ((c."pcBat").numbers).step as b1,
           ((c."pcBat").numbers).unit as b2, ((c."pcBat").numbers).width as b3,
           private.residuals((c."pcBat").numbers) as b,
           (c."pcDestinatario").base as s0, (c."pcDestinatario").step as s1, (c."pcDestinatario").unit as s2,
           (c."pcDestinatario").width as s3, private.residuals(c."pcDestinatario") as s,
           (c."pcEndereco").base as e0, (c."pcEndereco").step as e1, (c."pcEndereco").unit as e2,
           (c."pcEndereco").width as e3, private.residuals(c."pcEndereco") as e
    from ( -- before anything of the chunk is looked at
      select case when private.is_sound_positions(c.ctid) then c."nrQtd" else private.refuse_chunk(
        'TbPosicaoFria', c."cdPacote", 'device ' || c."cdDispositivo", c."cdCliente", c."dtPrimeiro")
        end as quantity
      offset 0
    ) k
    offset 0
  ) h
  cross join lateral rows from (
    generate_series(0, h.quantity - 1), unnest(h.t), unnest(h.q), unnest(h.p), unnest(h.y),
    unnest(h.y_others), unnest(h.x), unnest(h.x_others), unnest(h.r), unnest(h.r_others), unnest(h.b),
    unnest(h.b_others), unnest(h.s), unnest(h.e), unnest(c."arDistancia"), unnest(c."arArea")
  ) d(n, t, q, p, y, y_others, x, x_others, r, r_others, b, b_others, s, e, m, a)
  where c."dtPrimeiro" >= date_trunc('month', p_since) and c."dtPrimeiro" < p_until
    and c."dtUltimo" >= p_since and not c."blDanificado";
end;
comment on function private.unpacked_positions is 'Rows of the packed positions that overlap a time range.';
revoke all on function private.unpacked_positions from public;
grant execute on function private.unpacked_positions to authenticated, service_role;
