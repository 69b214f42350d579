-- The elements to be stored, or stored already, of a device and time that another one of the batch has, too,
-- with their place in it (from 1): only these can meet in a row.
-- Called by private.shared_rows and private.assign_owners.
-- Inlined: no SET clause.
create function private.same_moment(p_elements private.element[])
returns table (
  place integer, verdict text, is_new boolean, "cdDispositivo" integer, "cdCliente" integer,
  "dtRegistro" timestamp, "nrSeq" bigint, "cdPosicao" bigint, sensor_values private.checked_value[]
)
language sql immutable
begin atomic
  select e.ordinality::integer, e.verdict, e.is_new, e."cdDispositivo", e."cdCliente", e."dtRegistro",
         e."nrSeq", e."cdPosicao", e.sensor_values
  from unnest(p_elements) with ordinality e
  where e.verdict in ('stored', 'duplicate')
    and ((e."cdDispositivo", e."dtRegistro", e."cdCliente") in (
      select o."cdDispositivo", o."dtRegistro", o."cdCliente" from unnest(p_elements) o
      where o.verdict in ('stored', 'duplicate')
      group by o."cdDispositivo", o."dtRegistro", o."cdCliente" having count(*) > 1)
    ) is true; -- so that it is hashed; as a join it would be nested loops, see private.ingest
end;
comment on function private.same_moment is
  'The elements of a batch that have device and time in common with another one.';
revoke all on function private.same_moment from public;
