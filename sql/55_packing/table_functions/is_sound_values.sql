-- Whether a chunk of values is as it was stored, by its digest. Bytes damaged on disk may be such that a
-- column cannot even be decompressed: the error is caught here, so that the caller can name the chunk. The
-- chunk is read again by its place in the table, because PostgreSQL decompresses composite arguments before
-- the block that catches anything begins. Costs some microseconds for each chunk that is read.
-- Security definer: row-level security was asked for the chunk before, and asking again costs more than the
-- rest. Parallel unsafe, as PostgreSQL 15 cannot begin the subtransaction of the block in a parallel plan.
-- p_row   the chunk, as the query sees it
-- Who may call it: every API role, as the views run as their caller.
create function private.is_sound_values(p_row tid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select c."nrResumo" = private.digest_of_values(
      c."cdSensor", c."cdCliente", c."dtPrimeiro", c."dtUltimo", c."nrQtd", c."nrVerificacao",
      c."pcRegistro", c."pcValor", c."arBooleano", c."arTexto", c."pcQualidade", c."pcDispositivo",
      c."pcProdutoItem", c."pcPosicao")
    from series."TbSensorRegistroFrio" c where c.ctid = p_row);
exception when data_corrupted or internal_error or data_exception or program_limit_exceeded
  or wrong_object_type or undefined_object or undefined_function or datatype_mismatch or io_error then
  return false;
end
$$;
comment on function private.is_sound_values is 'Whether a chunk of values is as it was stored.';
revoke all on function private.is_sound_values from public;
grant execute on function private.is_sound_values to authenticated, service_role;
