-- The rows of TbSensorRegistro1d as they are stored, see private.stored_buckets.
-- Part of private.sum_whole_days.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_days() returns setof series."TbSensorRegistro1d"
language sql stable
begin atomic
  select * from series."TbSensorRegistro1d";
end;
comment on function private.stored_days is 'Rows of the rollup by day, right or not.';
revoke all on function private.stored_days from public;
grant execute on function private.stored_days to authenticated, service_role;
