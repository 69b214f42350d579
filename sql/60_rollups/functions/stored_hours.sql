-- The rows of TbSensorRegistro1h as they are stored, packed or not, see private.stored_buckets.
-- Part of private.unsummed_buckets.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_hours() returns setof series."TbSensorRegistro1h"
language sql stable
begin atomic
  select b."dtBucket", b."nrSoma", b."nrMin", b."nrMax", b."nrQtd", b."cdSensor", b."cdCliente",
         b."cdProdutoItem", b."nrFino"
  from series."TbSensorRegistro1h" b
  union all
  select u."dtBucket", u."nrSoma", u."nrMin", u."nrMax", u."nrQtd", u."cdSensor", u."cdCliente",
         u."cdProdutoItem", u."nrFino"
  from private.unpacked_buckets(60, '-infinity', 'infinity') u;
end;
comment on function private.stored_hours is 'Rows of the rollup by hour, right or not.';
revoke all on function private.stored_hours from public;
grant execute on function private.stored_hours to authenticated, service_role;
