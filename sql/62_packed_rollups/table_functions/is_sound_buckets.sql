-- Whether a chunk of rollups is as it was stored, as private.is_sound_values.
-- Security definer and parallel unsafe for the same reasons.
-- p_row   the chunk, as the query sees it
-- Who may call it: every API role, as the views run as their caller.
create function private.is_sound_buckets(p_row tid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select c."nrResumo" = private.digest_of_buckets(
      c."cdSensor", c."cdCliente", c."dtInicio", c."dtFim", c."nrMinutos", c."nrQtd", c."nrVerificacao",
      c."pcBucket", c."pcQtd", c."pcSoma", c."pcMin", c."pcMax", c."pcProdutoItem", c."pcFino")
    from series."TbRollupFrio" c where c.ctid = p_row);
exception when data_corrupted or internal_error or data_exception or program_limit_exceeded
  or wrong_object_type or undefined_object or undefined_function or datatype_mismatch or io_error then
  return false;
end
$$;
comment on function private.is_sound_buckets is 'Whether a chunk of rollups is as it was stored.';
revoke all on function private.is_sound_buckets from public;
grant execute on function private.is_sound_buckets to authenticated, service_role;
