-- A batch of up to 2 MB in memory has no room for too many values, so that only large ones are counted. What
-- takes longer counts for more: all that is allowed takes about as long.
-- Raises PT400 MALFORMED (not a list), PT413 TOO_LARGE (too many elements or values).
create function private.require_batch(p_readings jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_limit integer := (select "nrElementosLote" from private."TbConfiguracao");
  v_values bigint;
begin
  if jsonb_typeof(p_readings) is distinct from 'array' then
    raise sqlstate 'PT400' using message = 'A batch must be a JSON list of readings', hint = 'MALFORMED';
  end if;
  if jsonb_array_length(p_readings) > v_limit then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('The batch has %s readings; the limit is %s',
                       jsonb_array_length(p_readings), v_limit);
  end if;
  if pg_column_size(p_readings) > 67108864 then
    raise sqlstate 'PT413' using message = 'The batch has more than 64 MB', hint = 'TOO_LARGE';
  elsif pg_column_size(p_readings) > 2097152
    or pg_column_size(p_readings) > 262144 and p_readings @? '$[*].meta' then
    v_values := (
      select sum(coalesce(v.cost, 0)
                 + case when jsonb_typeof(e -> 'meta') = 'object'
                     then 4 * (select count(*) from jsonb_object_keys(e -> 'meta')) else 0 end)
      from jsonb_array_elements(p_readings) e
      cross join lateral (
        select sum(case when v ?| '{dsUnidade,cdProdutoItem}' or v ->> 'dsPonto' ~ '[:/]' then 4
                        else 1 end) as cost
        from jsonb_array_elements(
          case when jsonb_typeof(e -> 'sensores') = 'array' then e -> 'sensores' else '[]' end) v
      ) v);
    if v_values > 75000 then
      raise sqlstate 'PT413' using hint = 'TOO_LARGE',
        message = format('The batch has %s values; the limit is 75000. Values with a unit or an item, or '
                         'by a name with : or /, and members of meta count as four.', v_values);
    end if;
  end if;
end
$$;
comment on function private.require_batch is
  'Raises PT400 or PT413 unless the argument is a batch of allowed size.';
revoke all on function private.require_batch from public;
