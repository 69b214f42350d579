-- Rows of packed values, chunk by chunk. Only chunks that overlap the time range are unpacked; their rows are
-- not filtered, that is left to the caller. What a chunk has once is taken out of it once (offset 0).
-- A chunk is of one month, so that its first time is enough to find it by the index.
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
  select c."cdPacote",
         c."dtPrimeiro" + private.unpack_integer(h.t0, h.t1, h.t2, h.t3, d.n, d.t) * interval '0.000001 s',
         coalesce(private.unpack_integer(h.v0, h.v1, h.v2, h.v3, d.n, d.v) / h.v_divisor, d.v_others),
         private.unpack_integer(h.p0, h.p1, h.p2, h.p3, d.n, d.p),
         c."cdSensor",
         private.unpack_integer(h.d0, h.d1, h.d2, h.d3, d.n, d.d)::integer,
         c."cdCliente",
         private.unpack_integer(h.i0, h.i1, h.i2, h.i3, d.n, d.i)::integer,
         private.unpack_integer(h.q0, h.q1, h.q2, h.q3, d.n, d.q)::smallint,
         d.b, d.s
  from series."TbSensorRegistroFrio" c
  cross join lateral (
    select k.quantity, (c."pcRegistro").base as t0, (c."pcRegistro").step as t1,
           (c."pcRegistro").unit as t2, (c."pcRegistro").width as t3, private.residuals(c."pcRegistro") as t,
           (c."pcValor").divisor as v_divisor, (c."pcValor").others as v_others,
           ((c."pcValor").numbers).base as v0, ((c."pcValor").numbers).step as v1,
           ((c."pcValor").numbers).unit as v2, ((c."pcValor").numbers).width as v3,
           private.residuals((c."pcValor").numbers) as v,
           (c."pcPosicao").base as p0, (c."pcPosicao").step as p1, (c."pcPosicao").unit as p2,
           (c."pcPosicao").width as p3, private.residuals(c."pcPosicao") as p,
           (c."pcDispositivo").base as d0, (c."pcDispositivo").step as d1, (c."pcDispositivo").unit as d2,
           (c."pcDispositivo").width as d3, private.residuals(c."pcDispositivo") as d,
           (c."pcProdutoItem").base as i0, (c."pcProdutoItem").step as i1, (c."pcProdutoItem").unit as i2,
           (c."pcProdutoItem").width as i3, private.residuals(c."pcProdutoItem") as i,
           (c."pcQualidade").base as q0, (c."pcQualidade").step as q1, (c."pcQualidade").unit as q2,
           (c."pcQualidade").width as q3, private.residuals(c."pcQualidade") as q
    from ( -- before anything of the chunk is looked at
      select case when private.is_sound_values(c.ctid) then c."nrQtd" else private.refuse_chunk(
        'TbSensorRegistroFrio', c."cdPacote", 'sensor ' || c."cdSensor", c."cdCliente", c."dtPrimeiro")
        end as quantity
      offset 0
    ) k
    offset 0
  ) h
  cross join lateral rows from (
    generate_series(0, h.quantity - 1), unnest(h.t), unnest(h.v), unnest(h.v_others), unnest(h.p),
    unnest(h.d), unnest(h.i), unnest(h.q), unnest(c."arBooleano"), unnest(c."arTexto")
  ) d(n, t, v, v_others, p, d, i, q, b, s)
  where c."dtPrimeiro" >= date_trunc('month', p_since) and c."dtPrimeiro" < p_until
    and c."dtUltimo" >= p_since and not c."blDanificado";
end;
comment on function private.unpacked_values is 'Rows of the packed values that overlap a time range.';
revoke all on function private.unpacked_values from public;
grant execute on function private.unpacked_values to authenticated, service_role;
