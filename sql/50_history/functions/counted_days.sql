-- What TbContagemDiaria holds of the whole hours from p_since to p_until, one row per device, day and client.
-- A day is valid while the device still has the measuring window it was counted for. Part of
-- private.count_history.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows
-- count.
create function private.counted_days(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp)
returns table (time_range private.data_range, is_valid boolean, total bigint)
language sql stable as $$
  select private.make_data_range(
           p_code => c."cdDispositivo", p_client => null, p_since => d.since, p_until => d.until),
         (c."horarioMedicaoInicio", c."horarioMedicaoFim") is not distinct from (a.starts, a.ends),
         case
           when d.until - d.since = interval '1 day' then c."nrQtd"
           else (select sum(n)
                 from unnest(c."nrHoras"[1 + extract(hour from d.since)::integer:
                                         1 + extract(hour from d.until - interval '1 hour')::integer]) n)
         end
  from unnest(p_targets) a
  join private.stored_counters() c on c."cdDispositivo" = a."cdDispositivo"
    and c."dtDia" >= p_since::date and c."dtDia" <= (p_until - interval '1 hour')::date
  cross join lateral (
    select greatest(c."dtDia", p_since) as since, least(c."dtDia" + interval '1 day', p_until) as until
  ) d
  where p_client is null or c."cdCliente" = p_client
$$;
comment on function private.counted_days is
  'Days of devices with the positions counted in them, and whether the count is valid.';
revoke all on function private.counted_days from public;
grant execute on function private.counted_days to authenticated, service_role;
