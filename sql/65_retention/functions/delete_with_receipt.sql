-- Deletes rows of one table and adds them to a receipt. The sum of their hashes does not depend on the
-- order, so that it can be computed again from a copy of the rows.
-- p_time       the column of the first and last time
-- p_condition  SQL: of a row of t, device $1, sensors $2, until $3
-- Returns how many rows.
create function private.delete_with_receipt(p_receipt uuid, p_table text, p_time text, p_condition text,
  p_device integer, p_sensors integer[], p_until timestamp default 'infinity') returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_quantity bigint;
  v_first text;
  v_last text;
  v_total numeric;
begin
  execute format($s$
    with gone as (delete from %s t where %s returning t.*)
    select count(*) as quantity, min(to_jsonb(g.%I) #>> '{}') as first, max(to_jsonb(g.%I) #>> '{}') as last,
           coalesce(sum(('x' || left(md5(g::text), 16))::bit(64)::bigint::numeric), 0) as total
    from gone g
    $s$, p_table, p_condition, p_time, p_time)
  into v_quantity, v_first, v_last, v_total using p_device, p_sensors, p_until;
  update public."TbReciboExclusao" e
  set "xiExclusao" = pg_current_xact_id(),
      "jsLinhas" = e."jsLinhas" || jsonb_build_object(n.name, jsonb_build_object(
        'nrLinhas', coalesce((o.js ->> 'nrLinhas')::bigint, 0) + v_quantity,
        'dtPrimeira', least(o.js ->> 'dtPrimeira', v_first),
        'dtUltima', greatest(o.js ->> 'dtUltima', v_last),
        'nrSoma', (coalesce((o.js ->> 'nrSoma')::numeric, 0) + v_total)::text))
  from (select trim(both '"' from split_part(p_table, '.', 2)) as name) n
  cross join lateral (
    select r."jsLinhas" -> n.name as js from public."TbReciboExclusao" r where r."cdExclusao" = p_receipt) o
  where e."cdExclusao" = p_receipt and v_quantity > 0;
  return v_quantity;
end
$$;
comment on function private.delete_with_receipt is 'Deletes rows of one table and adds them to a receipt.';
revoke all on function private.delete_with_receipt from public;
