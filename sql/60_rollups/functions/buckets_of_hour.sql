-- The values of an hour of a sensor, client and product item by buckets. Part of private.unsummed_buckets.
-- p_since, p_until   the hour
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.buckets_of_hour(p_minutes integer, p_sensor integer, p_client integer, p_item integer,
  p_since timestamp, p_until timestamp)
returns table (bucket timestamp, quantity integer, total double precision, low double precision,
               high double precision)
language sql stable as $$
  select date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from private.values_between(p_sensor, p_since, p_until) r
  where r."cdCliente" = p_client and r."cdProdutoItem" is not distinct from p_item
    and r."nrValor" is not null and r."nrQualidade" < 2
  group by 1
$$;
comment on function private.buckets_of_hour is 'The values of an hour of a sensor by buckets.';
revoke all on function private.buckets_of_hour from public;
grant execute on function private.buckets_of_hour to authenticated, service_role;
