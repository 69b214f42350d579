-- Times and clients of the packed positions of a device in a time range, for what counts them: no other
-- column is unpacked.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.packed_times(p_device integer, p_since timestamp, p_until timestamp)
returns table ("dtRegistro" timestamp, "cdCliente" integer)
language sql stable
begin atomic
  select u.at, u."cdCliente"
  from (
    select c."cdCliente", c."dtPrimeiro"
             + private.unpack_integer(h.t0, h.t1, h.t2, h.t3, h.t4,
               h.t, h.quantity, d.n) * interval '0.000001 s' as at
    from series."TbPosicaoFria" c
    cross join lateral (
      select k.quantity, (c."pcRegistro").base as t0, (c."pcRegistro").step as t1,
             (c."pcRegistro").unit as t2, (c."pcRegistro").width as t3,
             (c."pcRegistro").blank as t4, (c."pcRegistro").planes as t
      from ( -- before anything of the chunk is looked at
        select case when private.is_sound_positions(c.ctid) then c."nrQtd" else private.refuse_chunk(
          'TbPosicaoFria', c."cdPacote", 'device ' || c."cdDispositivo", c."cdCliente", c."dtPrimeiro")
          end as quantity
        offset 0
      ) k
      offset 0
    ) h
    cross join lateral generate_series(0, h.quantity - 1) d(n)
    where c."cdDispositivo" = p_device and c."dtPrimeiro" >= date_trunc('month', p_since)
      and c."dtPrimeiro" < p_until and c."dtUltimo" >= p_since and not c."blDanificado"
    offset 0 -- a time is computed once
  ) u
  where u.at >= p_since and u.at < p_until;
end;
comment on function private.packed_times is 'Times of the packed positions of a device in a time range.';
revoke all on function private.packed_times from public;
grant execute on function private.packed_times to authenticated, service_role;
