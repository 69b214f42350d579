-- By weight (grams, less the tare), by distance (millimetres), or as counted; 0 where the divisor is missing. Inlined.
create function private.contar_itens(p_tipo bigint, p_valor double precision, p_tara integer, p_peso double precision,
                                     p_altura double precision) returns double precision
language sql immutable parallel safe as $$
  select case p_tipo
    when 3 then case when coalesce(p_peso, 0) = 0 then 0 else (p_valor - coalesce(p_tara, 0)) / p_peso end
    when 1 then case when coalesce(p_altura, 0) = 0 then 0 else p_valor / p_altura end
    else p_valor
  end
$$;
comment on function private.contar_itens(bigint, double precision, integer, double precision, double precision) is
  'How many items a reading stands for.';
revoke all on function private.contar_itens(bigint, double precision, integer, double precision, double precision) from public;
grant execute on function private.contar_itens(bigint, double precision, integer, double precision, double precision)
  to authenticated, service_role;
