-- The rows of one rollup as they are stored: part of private.buckets and private.known_buckets, which know
-- where they are right. Each arm has a condition of its own, so that a plan for a known width locks no
-- partition of the other two. API roles may not use the schema `series`, so functions that run as their
-- caller read it through functions like this, whose body was parsed when it was created.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_buckets(p_minutes integer)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer,
               "dtBucket" timestamp, "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision,
               "nrMax" double precision)
language sql stable
begin atomic
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro1m" b where p_minutes = 1
  union all
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro5m" b where p_minutes = 5
  union all
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro1h" b where p_minutes = 60;
end;
comment on function private.stored_buckets is 'Rows of the rollup of 1, 5 or 60 minutes, right or not.';
revoke all on function private.stored_buckets from public;
grant execute on function private.stored_buckets to authenticated, service_role;
