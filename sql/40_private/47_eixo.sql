-- The axis of a chart: hours of the day, days of the week or days, in a time zone; and what may be asked for.

-- JSON has no infinity: a sum that overflows, or a mean of one, is told as null. Inlined.
create function private.finito(p_valor double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(p_valor) < 'Infinity' then p_valor end
$$;
comment on function private.finito(double precision) is 'The number, or null where it is infinite or none.';
revoke all on function private.finito(double precision) from public;
grant execute on function private.finito(double precision) to authenticated, service_role;

create function private.exigir_resumo(p_cd_produto integer, p_inicio timestamptz, p_fim timestamptz, p_tipo text, p_tipos text[],
                                      p_fuso text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_erro text := case
    when p_cd_produto is null then 'product is needed'
    when not coalesce(isfinite(p_inicio) and isfinite(p_fim), false) then 'from and to are needed, and finite'
    when p_fim < p_inicio then 'to must not be before from'
    when not coalesce(p_tipo = any (p_tipos), false) then format('aggregation is one of %s', array_to_string(p_tipos, ', '))
  end;
begin
  if v_erro is null then
    perform now() at time zone p_fuso;
    v_erro := case when p_fuso is null then 'fuso is the name of a time zone' end;
  end if;
  if v_erro is not null then
    raise sqlstate 'PT400' using message = v_erro, hint = 'INVALID_PARAMETER';
  end if;
exception
  when invalid_parameter_value then
    raise sqlstate 'PT400' using message = 'fuso is the name of a time zone, as America/Sao_Paulo', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.exigir_resumo(integer, timestamptz, timestamptz, text, text[], text) is
  'PT400 unless these are arguments of a summary.';
revoke all on function private.exigir_resumo(integer, timestamptz, timestamptz, text, text[], text) from public;
grant execute on function private.exigir_resumo(integer, timestamptz, timestamptz, text, text[], text) to authenticated, service_role;

-- Hours of UTC are hours of a zone, too, if all its offsets in that time are whole hours; five minutes always fit, so that of a
-- very long time not every day is looked at.
create function private.minutos_do_fuso(p_de timestamp, p_ate timestamp, p_fuso text) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_ate - p_de > interval '10 years' then
    return 5;
  end if;
  return (
    select case when bool_and(date_part('minute', (d at time zone 'UTC' at time zone p_fuso) - d) = 0) then 60 else 5 end
    from (select generate_series(p_de, p_ate, '1 day') as d union all select p_ate) d);
end
$$;
comment on function private.minutos_do_fuso(timestamp, timestamp, text) is 'The widest buckets that are whole in a time zone.';
revoke all on function private.minutos_do_fuso(timestamp, timestamp, text) from public;
grant execute on function private.minutos_do_fuso(timestamp, timestamp, text) to authenticated, service_role;

create function private.rotulo(p_tipo text, p_local timestamp) returns text
language sql stable parallel safe as $$
  select case p_tipo
    when 'hourly' then to_char(p_local, 'HH24')
    when 'daily' then to_char(p_local, 'YYYY-MM-DD')
    else (array['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'])[extract(dow from p_local)::integer + 1]
  end
$$;
comment on function private.rotulo(text, timestamp) is 'Where on the axis of a chart a local time lies.';
revoke all on function private.rotulo(text, timestamp) from public;
grant execute on function private.rotulo(text, timestamp) to authenticated, service_role;

-- All places of an axis; of days those that have data, in their order.
create function private.rotulos(p_tipo text, p_dias text[]) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case p_tipo
    when 'hourly' then array(select lpad(h::text, 2, '0') from generate_series(0, 23) h)
    when 'daily' then array(select distinct d from unnest(p_dias) d order by d)
    else array['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
  end
$$;
comment on function private.rotulos(text, text[]) is 'The axis of a chart.';
revoke all on function private.rotulos(text, text[]) from public;
grant execute on function private.rotulos(text, text[]) to authenticated, service_role;
