-- The rows of TbSensorRegistro1h as they are stored, see private.stored_buckets.
-- Part of private.unsummed_buckets.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_hours() returns setof series."TbSensorRegistro1h"
language sql stable
begin atomic
  select * from series."TbSensorRegistro1h";
end;
comment on function private.stored_hours is 'Rows of the rollup by hour, right or not.';
revoke all on function private.stored_hours from public;
grant execute on function private.stored_hours to authenticated, service_role;
