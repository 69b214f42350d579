-- Dry run of retention: how many rows of each client and table the policies would delete now. Run it as the
-- owner before a policy is changed.
create function private.preview_retention()
returns table ("cdCliente" integer, "dsTabela" text, "dtAte" timestamp, "nrLinhas" bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_deadline record;
begin
  for v_deadline in
    select p."cdCliente", t.table_name, t.column_name, t.until
    from private.retention_deadlines() p
    cross join lateral (values
      ('TbPosicao', 'dtRegistro', p.raw), ('TbSensorRegistro', 'dtRegistro', p.raw),
      ('TbSensorRegistro1m', 'dtBucket', p.one_minute), ('TbSensorRegistro5m', 'dtBucket', p.five_minutes),
      ('TbSensorRegistro1h', 'dtBucket',
       case when num_nonnulls(p.one_hour, p.raw) = 2 then least(p.one_hour, p.raw) end),
      ('TbSensorRegistro1d', 'dtBucket',
       case when num_nonnulls(p.one_hour, p.raw) = 2 then least(p.one_hour, p.raw) end)
    ) as t(table_name, column_name, until)
    where t.until is not null
  loop
    "cdCliente" := v_deadline."cdCliente";
    "dsTabela" := v_deadline.table_name;
    "dtAte" := v_deadline.until;
    execute format('select count(*) from series.%I where "cdCliente" = $1 and %I < $2',
                   v_deadline.table_name, v_deadline.column_name)
      into "nrLinhas" using v_deadline."cdCliente", v_deadline.until;
    return next;
  end loop;
end
$$;
comment on function private.preview_retention is
  'Dry run of retention: how many rows of each client its policy would delete now.';
revoke all on function private.preview_retention from public;
