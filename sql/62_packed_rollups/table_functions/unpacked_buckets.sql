-- Rows of packed rollups of one width, chunk by chunk, as private.unpacked_values. A chunk is of a week at
-- most, so that its start is enough to find it by the index. A damaged chunk that is not marked yet raises
-- an error that names it (private.refuse_chunk).
-- The letters: b starts, n counts, s sums, l minima, u maxima, i items, f nrFino.
-- Without SET clause, to be inlined: conditions on sensor and client reach the index.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.unpacked_buckets(p_minutes integer, p_since timestamp, p_until timestamp)
returns table ("cdPacote" bigint, "dtBucket" timestamp, "nrSoma" double precision, "nrMin" double precision,
               "nrMax" double precision, "nrQtd" integer, "cdSensor" integer, "cdCliente" integer,
               "cdProdutoItem" integer, "nrFino" smallint)
language sql stable
begin atomic
  select c."cdPacote", r."dtBucket", r."nrSoma", r."nrMin", r."nrMax", r."nrQtd", c."cdSensor", c."cdCliente",
         r."cdProdutoItem", r."nrFino"
  from series."TbRollupFrio" c
  cross join lateral (
    select c."dtInicio" + private.unpack_integer(h.b0, h.b1, h.b2, h.b3,
             h.b4, h.b, h.quantity, d.place) * interval '1 minute' as "dtBucket",
           coalesce(private.unpack_integer(h.s0, h.s1, h.s2, h.s3,
             h.s4, h.s, h.quantity, d.place) / h.s_divisor, d.s_others) as "nrSoma",
           coalesce(private.unpack_integer(h.l0, h.l1, h.l2, h.l3,
             h.l4, h.l, h.quantity, d.place) / h.l_divisor, d.l_others) as "nrMin",
           coalesce(private.unpack_integer(h.u0, h.u1, h.u2, h.u3,
             h.u4, h.u, h.quantity, d.place) / h.u_divisor, d.u_others) as "nrMax",
           private.unpack_integer(h.n0, h.n1, h.n2, h.n3, h.n4, h.n, h.quantity, d.place)::integer as "nrQtd",
           private.unpack_integer(h.i0, h.i1, h.i2, h.i3,
             h.i4, h.i, h.quantity, d.place)::integer as "cdProdutoItem",
           private.unpack_integer(h.f0, h.f1, h.f2, h.f3,
             h.f4, h.f, h.quantity, d.place)::smallint as "nrFino"
    from (
      select k.quantity, (c."pcBucket").base as b0, (c."pcBucket").step as b1, (c."pcBucket").unit as b2,
             (c."pcBucket").width as b3, (c."pcBucket").blank as b4, (c."pcBucket").planes as b,
             (c."pcQtd").base as n0, (c."pcQtd").step as n1, (c."pcQtd").unit as n2,
             (c."pcQtd").width as n3, (c."pcQtd").blank as n4, (c."pcQtd").planes as n,
             (c."pcSoma").divisor as s_divisor, (c."pcSoma").others as s_others,
             ((c."pcSoma").numbers).base as s0, ((c."pcSoma").numbers).step as s1,
             ((c."pcSoma").numbers).unit as s2, ((c."pcSoma").numbers).width as s3,
             ((c."pcSoma").numbers).blank as s4, ((c."pcSoma").numbers).planes as s,
             (c."pcMin").divisor as l_divisor, (c."pcMin").others as l_others,
             ((c."pcMin").numbers).base as l0, ((c."pcMin").numbers).step as l1,
             ((c."pcMin").numbers).unit as l2, ((c."pcMin").numbers).width as l3,
             ((c."pcMin").numbers).blank as l4, ((c."pcMin").numbers).planes as l,
             (c."pcMax").divisor as u_divisor, (c."pcMax").others as u_others,
             ((c."pcMax").numbers).base as u0, ((c."pcMax").numbers).step as u1,
             ((c."pcMax").numbers).unit as u2, ((c."pcMax").numbers).width as u3,
             ((c."pcMax").numbers).blank as u4, ((c."pcMax").numbers).planes as u,
             (c."pcProdutoItem").base as i0, (c."pcProdutoItem").step as i1, (c."pcProdutoItem").unit as i2,
             (c."pcProdutoItem").width as i3, (c."pcProdutoItem").blank as i4,
             (c."pcProdutoItem").planes as i,
             (c."pcFino").base as f0, (c."pcFino").step as f1, (c."pcFino").unit as f2,
             (c."pcFino").width as f3, (c."pcFino").blank as f4, (c."pcFino").planes as f
      from ( -- before anything of the chunk is looked at
        select case when private.is_sound_buckets(c.ctid) then c."nrQtd" else private.refuse_chunk(
          'TbRollupFrio', c."cdPacote", 'sensor ' || c."cdSensor", c."cdCliente", c."dtInicio")
          end as quantity
        offset 0
      ) k
      offset 0
    ) h
    cross join lateral rows from (
      generate_series(0, h.quantity - 1), unnest(h.s_others), unnest(h.l_others), unnest(h.u_others)
    ) d(place, s_others, l_others, u_others)
    offset 0
  ) r
  where c."nrMinutos" = p_minutes and c."dtInicio" > p_since - interval '7 days' and c."dtInicio" < p_until
    and c."dtFim" > p_since and not c."blDanificado";
end;
comment on function private.unpacked_buckets is 'Rows of the packed rollups that overlap a time range.';
revoke all on function private.unpacked_buckets from public;
grant execute on function private.unpacked_buckets to authenticated, service_role;
