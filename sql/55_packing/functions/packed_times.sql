-- Times and clients of the packed positions of a device in a time range, for what counts them: no other
-- column is unpacked.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.packed_times(p_device integer, p_since timestamp, p_until timestamp)
returns table ("dtRegistro" timestamp, "cdCliente" integer)
language sql stable
begin atomic
  select c."dtPrimeiro" + private.unpack_integer(h.t0, h.t1, h.t2, h.t3, h.t4,
           h.t, c."nrQtd", d.n) * interval '0.000001 s',
         c."cdCliente"
  from series."TbPosicaoFria" c
  cross join lateral (
    select k.places, (c."pcRegistro").base as t0, (c."pcRegistro").step as t1,
           (c."pcRegistro").unit as t2, (c."pcRegistro").width as t3,
           (c."pcRegistro").blank as t4, (c."pcRegistro").planes as t
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
  cross join lateral generate_series(h.places[1] - 1, h.places[2] - 1) d(n)
  where c."cdDispositivo" = p_device and c."dtPrimeiro" >= date_trunc('month', p_since)
    and c."dtPrimeiro" < p_until and c."dtUltimo" >= p_since and not c."blDanificado"
  offset 0; -- a time is computed once
end;
comment on function private.packed_times is 'Times of the packed positions of a device in a time range.';
revoke all on function private.packed_times from public;
grant execute on function private.packed_times to authenticated, service_role;
