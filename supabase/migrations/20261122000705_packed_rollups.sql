-- Packed rollups: the table, and the function by which the views of the rollups read it.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/62_packed_rollups/tables
-- Rollups that are older than some days, packed: a row holds the buckets of one width, sensor and client, of
-- a day (1 and 5 minutes) or a week (hours), column by column, as history is (TbSensorRegistroFrio). Unlike
-- history they are never judged or changed in place: whatever makes an hour again, or deletes it, puts the
-- chunks of that time back as rows first (private.unpack_rollups), and the next night packs them again.
create table series."TbRollupFrio" (
  "cdPacote" bigint generated always as identity primary key,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "dtInicio" timestamp not null,
  "dtFim" timestamp not null,
  "nrMinutos" smallint not null check ("nrMinutos" in (1, 5, 60)),
  "nrQtd" integer not null check ("nrQtd" > 0),
  "nrVerificacao" bigint not null,
  "nrResumo" bigint not null,
  "blDanificado" boolean not null default false,
  "dtVerificado" timestamptz not null default now(),
  "pcBucket" private.packed_integers not null,
  "pcQtd" private.packed_integers not null,
  "pcSoma" private.packed_numbers not null,
  "pcMin" private.packed_numbers not null,
  "pcMax" private.packed_numbers not null,
  "pcProdutoItem" private.packed_integers,
  "pcFino" private.packed_integers,
  unique ("cdSensor", "dtInicio", "nrMinutos", "cdCliente")
);
alter table series."TbRollupFrio"
  alter column "pcBucket" set compression lz4, alter column "pcQtd" set compression lz4,
  alter column "pcSoma" set compression lz4, alter column "pcMin" set compression lz4,
  alter column "pcMax" set compression lz4, alter column "pcProdutoItem" set compression lz4,
  alter column "pcFino" set compression lz4;
create index "TbRollupFrio_blDanificado_idx" on series."TbRollupFrio" ("cdSensor") where "blDanificado";
alter table series."TbRollupFrio" enable row level security;
revoke all on series."TbRollupFrio" from public, anon, authenticated;
grant select on series."TbRollupFrio" to authenticated, service_role;
comment on table series."TbRollupFrio" is
  'Packed rollups. Read them through TbSensorRegistro1m, 5m and 1h, which have all of them.';
comment on column series."TbRollupFrio"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column series."TbRollupFrio"."dtInicio" is 'UTC; start of the day or week.';
comment on column series."TbRollupFrio"."dtFim" is 'UTC; its end, excluded.';
comment on column series."TbRollupFrio"."nrMinutos" is 'Width of the buckets in minutes: 1, 5 or 60.';
comment on column series."TbRollupFrio"."nrQtd" is 'How many buckets are packed.';
comment on column series."TbRollupFrio"."nrVerificacao" is
  'Checksum of the rows: their hashes, combined by exclusive or.';
comment on column series."TbRollupFrio"."nrResumo" is
  'Digest of the chunk as it is stored; every read compares it.';
comment on column series."TbRollupFrio"."blDanificado" is
  'Found damaged, with values that have expired: reads leave it out and say that they are not complete.';
comment on column series."TbRollupFrio"."dtVerificado" is
  'When it was last unpacked and compared with its checksum.';
comment on column series."TbRollupFrio"."pcBucket" is 'Starts in ascending order, minutes after dtInicio.';
comment on column series."TbRollupFrio"."pcQtd" is 'nrQtd of each row.';
comment on column series."TbRollupFrio"."pcSoma" is 'nrSoma of each row.';
comment on column series."TbRollupFrio"."pcMin" is 'nrMin of each row.';
comment on column series."TbRollupFrio"."pcMax" is 'nrMax of each row.';
comment on column series."TbRollupFrio"."pcProdutoItem" is 'cdProdutoItem of each row.';
comment on column series."TbRollupFrio"."pcFino" is 'nrFino of each row; hours only.';
-- How far the packing of rollups has come, see private.pack_rollups.
create table private."TbRollupFrioMarca" (
  "nrMinutos" smallint primary key check ("nrMinutos" in (1, 5, 60)),
  "dtDia" date not null default '-infinity',
  "cdProximo" integer not null default 0
);
alter table private."TbRollupFrioMarca" enable row level security;
comment on table private."TbRollupFrioMarca" is 'How far the packing of each rollup has come.';
comment on column private."TbRollupFrioMarca"."nrMinutos" is 'Width of its buckets in minutes: 1, 5 or 60.';
comment on column private."TbRollupFrioMarca"."dtDia" is
  'UTC; the last day on which all that was old enough was packed.';
comment on column private."TbRollupFrioMarca"."cdProximo" is
  'Sensor from which the next step looks for something to pack: those before it were packed today.';
-- end

-- from sql/62_packed_rollups/rows
insert into private."TbRollupFrioMarca" ("nrMinutos") values (1), (5), (60);
-- end

-- from sql/62_packed_rollups/policies
-- As of the rollups: the owner at receipt decides who sees a row, here all rows of a chunk.
create policy ler on series."TbRollupFrio" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
-- end

-- from sql/62_packed_rollups/table_functions
-- The digest of a chunk of rollups as it is stored, as private.digest_of_values. Inlined: no SET clause.
create function private.digest_of_buckets(p_sensor integer, p_client integer, p_start timestamp,
  p_end timestamp, p_minutes smallint, p_count integer, p_checksum bigint, p_buckets private.packed_integers,
  p_counts private.packed_integers, p_sums private.packed_numbers, p_minima private.packed_numbers,
  p_maxima private.packed_numbers, p_items private.packed_integers, p_fines private.packed_integers)
returns bigint
language sql immutable parallel safe as $$
  select hash_record_extended(row(p_sensor, p_client, p_start, p_end, p_minutes, p_count, p_checksum,
    p_buckets, p_counts, p_sums, p_minima, p_maxima, p_items, p_fines), 0)
$$;
comment on function private.digest_of_buckets is 'The digest of a chunk of rollups as it is stored.';
revoke all on function private.digest_of_buckets from public;
-- Whether a chunk of rollups is as it was stored, as private.is_sound_values.
-- Security definer and parallel unsafe for the same reasons.
-- p_row   the chunk, as the query sees it
-- Who may call it: every API role, as the views run as their caller.
create function private.is_sound_buckets(p_row tid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select c."nrResumo" = private.digest_of_buckets(
      c."cdSensor", c."cdCliente", c."dtInicio", c."dtFim", c."nrMinutos", c."nrQtd", c."nrVerificacao",
      c."pcBucket", c."pcQtd", c."pcSoma", c."pcMin", c."pcMax", c."pcProdutoItem", c."pcFino")
    from series."TbRollupFrio" c where c.ctid = p_row);
exception when data_corrupted or internal_error or data_exception or program_limit_exceeded
  or wrong_object_type or undefined_object or undefined_function or datatype_mismatch or io_error then
  return false;
end
$$;
comment on function private.is_sound_buckets is 'Whether a chunk of rollups is as it was stored.';
revoke all on function private.is_sound_buckets from public;
grant execute on function private.is_sound_buckets to authenticated, service_role;
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
-- end
