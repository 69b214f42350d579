create type private.bucket as (
  "dtBucket" timestamp, "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision,
  "nrMax" double precision);
comment on type private.bucket is 'A bucket of one sensor, of whatever client and product item.';
