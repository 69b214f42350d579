-- The rows of TbContagemDiaria as they are stored, see private.stored_buckets.
-- Part of private.count_history.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_counters() returns setof series."TbContagemDiaria"
language sql stable
begin atomic
  select * from series."TbContagemDiaria";
end;
comment on function private.stored_counters is 'Positions counted by device and day, right or not.';
revoke all on function private.stored_counters from public;
grant execute on function private.stored_counters to authenticated, service_role;
