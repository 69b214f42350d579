-- Packs some of what is not packed yet in a time range: values first, then positions, sensor by sensor and
-- device by device. Part of private.pack_history.
-- p_from   sensor or device to begin with; what arrived behind it is found when nothing is left after it
-- Returns how many rows, 0 when there are none, and where to go on.
create function private.pack_rows(p_from integer, p_since timestamp, p_until timestamp, out done bigint,
  out next_code integer)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_from integer;
  v_ranges private.data_range[];
begin
  foreach v_from in array array[p_from, 0] loop
    v_ranges := private.values_to_pack(v_from, p_since, p_until);
    if v_ranges <> '{}' then
      done := private.pack_values(v_ranges);
    else
      v_ranges := private.positions_to_pack(v_from, p_since, p_until);
      done := case when v_ranges <> '{}' then private.pack_positions(v_ranges) else 0 end;
    end if;
    exit when done > 0;
  end loop;
  next_code := coalesce((select max(f.code) from unnest(v_ranges) f), 0);
end
$$;
comment on function private.pack_rows is 'Packs some of what is not packed yet in a time range.';
revoke all on function private.pack_rows from public;
