-- The rows of the rollups of 1, 5 and 60 minutes with their width, as they are stored: part of
-- private.buckets, which knows where they are right. API roles may not use the schema `series`, so functions
-- that run as their caller read it through functions like this, whose body was parsed when it was created.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_buckets()
returns table (minutes integer, "cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer,
               "dtBucket" timestamp, "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision,
               "nrMax" double precision)
language sql stable
begin atomic
  select 1, b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro1m" b
  union all
  select 5, b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro5m" b
  union all
  select 60, b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro1h" b;
end;
comment on function private.stored_buckets is 'Rows of the rollups of 1, 5 and 60 minutes, right or not.';
revoke all on function private.stored_buckets from public;
grant execute on function private.stored_buckets to authenticated, service_role;
