-- Chunks that do not unpack to the rows that were packed, by number of rows, first and last time and
-- checksum; a chunk that cannot be unpacked at all is damaged as well. One by one, as an error in one must
-- not hide the others.
-- p_table   TbSensorRegistroFrio, TbPosicaoFria or TbRollupFrio
create function private.damaged_chunks(p_table text, p_chunks bigint[]) returns bigint[]
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_chunk bigint;
  v_is_intact boolean;
  v_damaged bigint[] := array[]::bigint[];
begin
  foreach v_chunk in array coalesce(p_chunks, '{}') loop
    begin
      v_is_intact := case p_table
        when 'TbPosicaoFria' then private.is_intact_positions(v_chunk)
        when 'TbRollupFrio' then private.is_intact_buckets(v_chunk)
        else private.is_intact_values(v_chunk) end;
    exception when data_corrupted or internal_error or data_exception or program_limit_exceeded
      or wrong_object_type or undefined_object or undefined_function or datatype_mismatch or io_error
      or sqlstate 'PT500' then
      v_is_intact := false;
    end;
    if v_is_intact is not true then
      v_damaged := v_damaged || v_chunk;
    end if;
  end loop;
  return v_damaged;
end
$$;
comment on function private.damaged_chunks is 'Chunks that do not unpack to the rows that were packed.';
revoke all on function private.damaged_chunks from public;
