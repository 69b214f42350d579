-- Whether positions and values of the month of a time can be stored; false for null. All partitions of a
-- month are created, and dropped, together, but packed months have none of the two.
-- Called by private.open_months and private.rehearse_import.
create function private.is_open_month(p_time timestamp) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_regclass('particoes."TbSensorRegistro1h_' || to_char(p_time, 'YYYY_MM') || '"') is not null
    and (private.is_packed_month('TbPosicao', p_time)
      or to_regclass('particoes."TbPosicao_' || to_char(p_time, 'YYYY_MM') || '"') is not null
         and to_regclass('particoes."TbSensorRegistro_' || to_char(p_time, 'YYYY_MM') || '"') is not null)
$$;
comment on function private.is_open_month is 'Whether the month of a time has partitions.';
revoke all on function private.is_open_month from public;
