-- History of past months, packed in chunks: the tables, and the functions by which the views of the time series read them.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/55_packing/types
create type private.packed_integers as (
  base bigint,
  step bigint,
  unit bigint,
  width smallint,  -- bytes of a residual; 0: none is needed
  blank smallint,  -- residual of what is null; -1: nothing is
  planes bytea     -- the lowest byte of every residual, then the next byte of every residual, and so on
);
comment on type private.packed_integers is
  'Integers as a line with residuals: the n-th, from 0, is base + n * step + residual * unit.';
create type private.packed_numbers as (
  divisor double precision,
  numbers private.packed_integers,
  others double precision[]  -- where some are not decimal numbers of up to six places
);
comment on type private.packed_numbers is
  'Double precision numbers as integers and the power of ten that they are divided by, or as they are.';
-- end

-- from sql/55_packing/tables
-- Up to where history is packed. As with rollups, what comes next is announced first: whoever stores
-- something older than dtAnunciada compares it with what is packed (private.refuse_packed), and a month is
-- packed only when every transaction that may not know of it has ended. See private.pack_history.
create table private."TbFrioMarca" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtFrio" timestamp not null default '-infinity',
  "dtAnunciada" timestamp not null default '-infinity',
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz,
  "dtTardias" timestamptz not null default '-infinity',
  "cdProximo" integer not null default 0,
  check ("dtFrio" <= "dtAnunciada")
);
alter table private."TbFrioMarca" enable row level security;
comment on table private."TbFrioMarca" is 'Up to where history is packed, one row.';
comment on column private."TbFrioMarca"."dtFrio" is
  'UTC; months before it are packed. What arrives for them later waits in the late tables.';
comment on column private."TbFrioMarca"."dtAnunciada" is
  'UTC; whoever stores something older compares it with what is packed.';
comment on column private."TbFrioMarca"."xiAnuncio" is
  'First transaction number given out after the announcement was visible; null until then.';
comment on column private."TbFrioMarca"."dtAnuncio" is 'When dtAnunciada was announced.';
comment on column private."TbFrioMarca"."dtTardias" is 'When late rows were last packed, all of them.';
comment on column private."TbFrioMarca"."cdProximo" is
  'Sensor or device from which the next step looks for something to pack: those before it were packed.';
-- Positions of past months, packed as values are: see TbSensorRegistroFrio. Several may have one time, told
-- apart by nrSeq.
create table series."TbPosicaoFria" (
  "cdPacote" bigint generated always as identity primary key,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "dtPrimeiro" timestamp not null,
  "dtUltimo" timestamp not null,
  "nrQtd" integer not null check ("nrQtd" > 0),
  "nrVerificacao" bigint not null,
  "nrResumo" bigint not null,
  "blDanificado" boolean not null default false,
  "dtVerificado" timestamptz not null default now(),
  "pcRegistro" private.packed_integers not null,
  "pcSeq" private.packed_integers,
  "pcPosicao" private.packed_integers not null,
  "pcLat" private.packed_numbers,
  "pcLong" private.packed_numbers,
  "pcPrecisao" private.packed_numbers,
  "pcBat" private.packed_numbers,
  "pcDestinatario" private.packed_integers,
  "pcEndereco" private.packed_integers,
  "arDistancia" real[] compression lz4,
  "arArea" boolean[] compression lz4,
  unique ("cdDispositivo", "dtPrimeiro", "cdCliente"),
  check ("dtPrimeiro" <= "dtUltimo" and date_trunc('month', "dtPrimeiro") = date_trunc('month', "dtUltimo"))
);
alter table series."TbPosicaoFria"
  alter column "pcRegistro" set compression lz4, alter column "pcSeq" set compression lz4,
  alter column "pcPosicao" set compression lz4, alter column "pcLat" set compression lz4,
  alter column "pcLong" set compression lz4, alter column "pcPrecisao" set compression lz4,
  alter column "pcBat" set compression lz4, alter column "pcDestinatario" set compression lz4,
  alter column "pcEndereco" set compression lz4;
create index "TbPosicaoFria_blDanificado_idx" on series."TbPosicaoFria" ("cdDispositivo")
  where "blDanificado";
alter table series."TbPosicaoFria" enable row level security;
revoke all on series."TbPosicaoFria" from public, anon, authenticated;
grant select on series."TbPosicaoFria" to authenticated, service_role;
comment on table series."TbPosicaoFria" is
  'Packed positions of past months. Read them through TbPosicao, which has all positions.';
comment on column series."TbPosicaoFria"."cdCliente" is
  'Who owned the device when the positions were received.';
comment on column series."TbPosicaoFria"."dtPrimeiro" is 'UTC; time of the first position.';
comment on column series."TbPosicaoFria"."dtUltimo" is 'UTC; time of the last position, in the same month.';
comment on column series."TbPosicaoFria"."nrQtd" is 'How many positions are packed.';
comment on column series."TbPosicaoFria"."nrVerificacao" is
  'Checksum of the rows: their hashes, combined by exclusive or.';
comment on column series."TbPosicaoFria"."nrResumo" is
  'Digest of the chunk as it is stored; every read compares it.';
comment on column series."TbPosicaoFria"."blDanificado" is
  'Found damaged: reads leave it out and say that they are not complete.';
comment on column series."TbPosicaoFria"."dtVerificado" is
  'When it was last unpacked and compared with its checksum.';
comment on column series."TbPosicaoFria"."pcRegistro" is
  'Times in ascending order, microseconds after dtPrimeiro.';
comment on column series."TbPosicaoFria"."pcSeq" is 'nrSeq of each row.';
comment on column series."TbPosicaoFria"."pcPosicao" is 'cdPosicao of each row.';
comment on column series."TbPosicaoFria"."pcLat" is 'dsLat of each row.';
comment on column series."TbPosicaoFria"."pcLong" is 'dsLong of each row.';
comment on column series."TbPosicaoFria"."pcPrecisao" is 'nrPrecisao of each row.';
comment on column series."TbPosicaoFria"."pcBat" is 'nrBat of each row.';
comment on column series."TbPosicaoFria"."pcDestinatario" is 'cdDestinatario of each row.';
comment on column series."TbPosicaoFria"."pcEndereco" is 'cdEndereco of each row.';
comment on column series."TbPosicaoFria"."arDistancia" is 'nrDistancia of each row; null where none has one.';
comment on column series."TbPosicaoFria"."arArea" is 'blArea of each row; null where none has one.';
-- Values of past months, packed: a row holds up to some thousand values of one sensor and client, of one
-- month, column by column. Chunks of a sensor and client never overlap. Large enough for PostgreSQL to
-- compress (it leaves rows below 2 kB alone), small enough to be unpacked in about a millisecond. See
-- private.pack_values, private.unpacked_values.
create table series."TbSensorRegistroFrio" (
  "cdPacote" bigint generated always as identity primary key,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "dtPrimeiro" timestamp not null,
  "dtUltimo" timestamp not null,
  "nrQtd" integer not null check ("nrQtd" > 0),
  "nrVerificacao" bigint not null,
  "nrResumo" bigint not null,
  "blDanificado" boolean not null default false,
  "dtVerificado" timestamptz not null default now(),
  "pcRegistro" private.packed_integers not null,
  "pcValor" private.packed_numbers,
  "arBooleano" boolean[] compression lz4,
  "arTexto" text[] compression lz4,
  "pcQualidade" private.packed_integers not null,
  "pcDispositivo" private.packed_integers not null,
  "pcProdutoItem" private.packed_integers,
  "pcPosicao" private.packed_integers,
  unique ("cdSensor", "dtPrimeiro", "cdCliente"),
  check ("dtPrimeiro" <= "dtUltimo" and date_trunc('month', "dtPrimeiro") = date_trunc('month', "dtUltimo"))
);
alter table series."TbSensorRegistroFrio"
  alter column "pcRegistro" set compression lz4, alter column "pcValor" set compression lz4,
  alter column "pcQualidade" set compression lz4, alter column "pcDispositivo" set compression lz4,
  alter column "pcProdutoItem" set compression lz4, alter column "pcPosicao" set compression lz4;
create index "TbSensorRegistroFrio_blDanificado_idx" on series."TbSensorRegistroFrio" ("cdSensor")
  where "blDanificado"; -- hardly ever any: whoever looks for them looks at nothing else
alter table series."TbSensorRegistroFrio" enable row level security;
revoke all on series."TbSensorRegistroFrio" from public, anon, authenticated;
grant select on series."TbSensorRegistroFrio" to authenticated, service_role;
comment on table series."TbSensorRegistroFrio" is
  'Packed sensor values of past months. Read them through TbSensorRegistro, which has all values.';
comment on column series."TbSensorRegistroFrio"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column series."TbSensorRegistroFrio"."dtPrimeiro" is 'UTC; time of the first value.';
comment on column series."TbSensorRegistroFrio"."dtUltimo" is
  'UTC; time of the last value, in the same month.';
comment on column series."TbSensorRegistroFrio"."nrQtd" is 'How many values are packed.';
comment on column series."TbSensorRegistroFrio"."nrVerificacao" is
  'Checksum of the rows: their hashes, combined by exclusive or.';
comment on column series."TbSensorRegistroFrio"."nrResumo" is
  'Digest of the chunk as it is stored; every read compares it.';
comment on column series."TbSensorRegistroFrio"."blDanificado" is
  'Found damaged: reads leave it out and say that they are not complete.';
comment on column series."TbSensorRegistroFrio"."dtVerificado" is
  'When it was last unpacked and compared with its checksum.';
comment on column series."TbSensorRegistroFrio"."pcRegistro" is
  'Times in ascending order, microseconds after dtPrimeiro.';
comment on column series."TbSensorRegistroFrio"."pcValor" is 'nrValor of each row.';
comment on column series."TbSensorRegistroFrio"."arBooleano" is
  'blValor of each row; null where none has one.';
comment on column series."TbSensorRegistroFrio"."arTexto" is 'dsValor of each row; null where none has one.';
comment on column series."TbSensorRegistroFrio"."pcQualidade" is 'nrQualidade of each row.';
comment on column series."TbSensorRegistroFrio"."pcDispositivo" is 'cdDispositivo of each row.';
comment on column series."TbSensorRegistroFrio"."pcProdutoItem" is 'cdProdutoItem of each row.';
comment on column series."TbSensorRegistroFrio"."pcPosicao" is 'cdPosicao of each row.';
-- end

-- from sql/55_packing/table_functions
-- The digest of a chunk of positions as it is stored, as private.digest_of_values. Inlined: no SET clause.
create function private.digest_of_positions(p_device integer, p_client integer, p_first timestamp,
  p_last timestamp, p_count integer, p_checksum bigint, p_times private.packed_integers,
  p_seqs private.packed_integers, p_places private.packed_integers, p_lats private.packed_numbers,
  p_longs private.packed_numbers, p_accuracies private.packed_numbers, p_volts private.packed_numbers,
  p_sites private.packed_integers, p_addresses private.packed_integers, p_distances real[],
  p_areas boolean[]) returns bigint
language sql immutable parallel safe as $$
  select hash_record_extended(row(p_device, p_client, p_first, p_last, p_count, p_checksum, p_times, p_seqs,
    p_places, p_lats, p_longs, p_accuracies, p_volts, p_sites, p_addresses, p_distances, p_areas), 0)
$$;
comment on function private.digest_of_positions is 'The digest of a chunk of positions as it is stored.';
revoke all on function private.digest_of_positions from public;
-- The digest of a chunk of values as it is stored: every read compares it, as a wrong bit in it would be a
-- wrong number, time, sensor or client. It costs a few per cent of unpacking. Inlined: no SET clause.
create function private.digest_of_values(p_sensor integer, p_client integer, p_first timestamp,
  p_last timestamp, p_count integer, p_checksum bigint, p_times private.packed_integers,
  p_numbers private.packed_numbers, p_truths boolean[], p_texts text[], p_qualities private.packed_integers,
  p_devices private.packed_integers, p_items private.packed_integers, p_places private.packed_integers)
returns bigint
language sql immutable parallel safe as $$
  select hash_record_extended(row(p_sensor, p_client, p_first, p_last, p_count, p_checksum, p_times,
    p_numbers, p_truths, p_texts, p_qualities, p_devices, p_items, p_places), 0)
$$;
comment on function private.digest_of_values is 'The digest of a chunk of values as it is stored.';
revoke all on function private.digest_of_values from public;
-- What the fourth and further planes add to a residual. Hardly any has as many, and one function for them
-- keeps private.unpack_integer short, which stands in a plan once for each column. Strict, as columns without
-- any number are null. Its cost is said to be small, as it is hardly ever called: with the usual one a plan
-- would rather read a partition than look whether a chunk has a row.
-- Who may call it: every API role, as the views run as their caller.
create function private.high_planes(p_planes bytea, p_width smallint, p_count integer, p_n integer)
returns bigint
language plpgsql immutable strict parallel safe cost 1 set search_path = pg_catalog, pg_temp as $$
declare
  v_sum bigint := 0;
begin
  for plane in 3 .. p_width - 1 loop
    v_sum := v_sum + (get_byte(p_planes, plane * p_count + p_n)::bigint << 8 * plane);
  end loop;
  return v_sum;
end
$$;
comment on function private.high_planes is 'What the fourth and further planes add to a residual.';
revoke all on function private.high_planes from public;
grant execute on function private.high_planes to authenticated, service_role;
-- Whether a chunk of positions is as it was stored, as private.is_sound_values.
-- Security definer and parallel unsafe for the same reasons.
-- p_row   the chunk, as the query sees it
-- Who may call it: every API role, as the views run as their caller.
create function private.is_sound_positions(p_row tid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select c."nrResumo" = private.digest_of_positions(
      c."cdDispositivo", c."cdCliente", c."dtPrimeiro", c."dtUltimo", c."nrQtd", c."nrVerificacao",
      c."pcRegistro", c."pcSeq", c."pcPosicao", c."pcLat", c."pcLong", c."pcPrecisao", c."pcBat",
      c."pcDestinatario", c."pcEndereco", c."arDistancia", c."arArea")
    from series."TbPosicaoFria" c where c.ctid = p_row);
exception when data_corrupted or internal_error or data_exception or program_limit_exceeded
  or wrong_object_type or undefined_object or undefined_function or datatype_mismatch or io_error then
  return false;
end
$$;
comment on function private.is_sound_positions is 'Whether a chunk of positions is as it was stored.';
revoke all on function private.is_sound_positions from public;
grant execute on function private.is_sound_positions to authenticated, service_role;
-- Whether a chunk of values is as it was stored, by its digest. Bytes damaged on disk may be such that a
-- column cannot even be decompressed: the error is caught here, so that the caller can name the chunk. The
-- chunk is read again by its place in the table, because PostgreSQL decompresses composite arguments before
-- the block that catches anything begins. Costs some microseconds for each chunk that is read.
-- Security definer: row-level security was asked for the chunk before, and asking again costs more than the
-- rest. Parallel unsafe, as PostgreSQL 15 cannot begin the subtransaction of the block in a parallel plan.
-- p_row   the chunk, as the query sees it
-- Who may call it: every API role, as the views run as their caller.
create function private.is_sound_values(p_row tid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select c."nrResumo" = private.digest_of_values(
      c."cdSensor", c."cdCliente", c."dtPrimeiro", c."dtUltimo", c."nrQtd", c."nrVerificacao",
      c."pcRegistro", c."pcValor", c."arBooleano", c."arTexto", c."pcQualidade", c."pcDispositivo",
      c."pcProdutoItem", c."pcPosicao")
    from series."TbSensorRegistroFrio" c where c.ctid = p_row);
exception when data_corrupted or internal_error or data_exception or program_limit_exceeded
  or wrong_object_type or undefined_object or undefined_function or datatype_mismatch or io_error then
  return false;
end
$$;
comment on function private.is_sound_values is 'Whether a chunk of values is as it was stored.';
revoke all on function private.is_sound_values from public;
grant execute on function private.is_sound_values to authenticated, service_role;
-- Where in a chunk the times of a range are: the first and the last place, from 1; where there is none, the
-- last is before the first. The times ascend, so each end is searched for by halves, and only in the few
-- places that it can be at where the residuals are small beside the step, as private.find_times does.
-- It calls no other function, as who reads the views needs no right to the schema.
-- p_times, p_count   the times of the chunk, as microseconds after its first, and how many there are
-- p_until            excluded
-- Who may call it: every API role, as the views run as their caller.
create function private.places_between(p_times private.packed_integers, p_count integer, p_first timestamp,
  p_since timestamp, p_until timestamp) returns integer[]
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  v_base bigint := p_times.base;
  v_step bigint := p_times.step;
  v_unit bigint := p_times.unit;
  v_width integer := p_times.width;
  v_planes bytea := p_times.planes;
  v_end timestamp;
  v_bound bigint;
  v_low integer := 0;
  v_high integer;
  v_middle integer;
  v_residual bigint;
  v_places integer[] := array[]::integer[];
begin
  foreach v_end in array array[greatest(p_since, p_first), least(p_until, p_first + interval '1 month')] loop
    v_bound := round(date_part('epoch', v_end - p_first) * 1000000)::bigint;
    v_high := p_count;
    if v_step > 0 and v_width <= 4 then
      v_low := greatest(v_low, least(p_count,
        (v_bound - v_base - (1::bigint << 8 * v_width) * v_unit) / v_step));
      v_high := greatest(v_low, least(p_count, (v_bound - v_base) / v_step + 1));
    end if;
    while v_low < v_high loop
      v_middle := (v_low + v_high) / 2;
      v_residual := 0;
      for plane in 0 .. v_width - 1 loop
        v_residual := v_residual + (get_byte(v_planes, plane * p_count + v_middle)::bigint << 8 * plane);
      end loop;
      if v_base + v_middle * v_step + v_unit * v_residual < v_bound then
        v_low := v_middle + 1;
      else
        v_high := v_middle;
      end if;
    end loop;
    v_places := v_places || v_low;
  end loop;
  return array[v_places[1] + 1, v_places[2]];
end
$$;
comment on function private.places_between is 'Where in a chunk the times of a range are.';
revoke all on function private.places_between from public;
grant execute on function private.places_between to authenticated, service_role;
-- Raises the error for a chunk that is damaged and not marked yet, and names it. It stands where the number
-- of rows is expected, and costs nothing where nothing is damaged, which the planner should know.
-- p_owner   what the chunk is of, as a person looks for it: sensor or device with its code
-- Who may call it: every API role, as the views run as their caller.
-- Raises PT500 DAMAGED_HISTORY.
create function private.refuse_chunk(p_table text, p_chunk bigint, p_owner text, p_client integer,
  p_first timestamp) returns integer
language plpgsql stable parallel safe cost 1 set search_path = pg_catalog, pg_temp as $$
begin
  raise sqlstate 'PT500' using hint = 'DAMAGED_HISTORY',
    message = format('Packed history is damaged: chunk %s of %s, %s, client %s, from %s.', p_chunk, p_table,
                     p_owner, p_client, p_first),
    detail = 'Run scripts/doctor --verify-packs, which marks damaged chunks: reads then leave them out and '
             'say that they are not complete. Restore the rows from an archive or a backup.';
end
$$;
comment on function private.refuse_chunk is 'Raises the error that names a damaged chunk.';
revoke all on function private.refuse_chunk from public;
grant execute on function private.refuse_chunk to authenticated, service_role;
-- One of packed integers, see private.packed_integers. Inlined: no SET clause. Its body was parsed when it
-- was created, so that who reads the views needs no right to the schema.
-- p_count   how many there are, which is how long a plane is
-- p_n       its place, from 0
-- Who may call it: every API role, as the views run as their caller.
create function private.unpack_integer(p_base bigint, p_step bigint, p_unit bigint, p_width smallint,
  p_blank smallint, p_planes bytea, p_count integer, p_n integer) returns bigint
language sql immutable parallel safe
begin atomic
  select p_base + p_n * p_step + p_unit * nullif(
    case when p_width = 0 then 0 else get_byte(p_planes, p_n)
      + case when p_width = 1 then 0 else (get_byte(p_planes, p_count + p_n) << 8)
        + case when p_width = 2 then 0 else (get_byte(p_planes, 2 * p_count + p_n) << 16)
          + case when p_width = 3 then 0 else private.high_planes(p_planes, p_width, p_count, p_n)
      end end end end, p_blank);
end;
comment on function private.unpack_integer is 'One of packed integers.';
revoke all on function private.unpack_integer from public;
grant execute on function private.unpack_integer to authenticated, service_role;
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
-- end
