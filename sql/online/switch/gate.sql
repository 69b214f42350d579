-- Requests of PostgREST wait for a later step, back or finish, before they are planned, not while they run:
-- one that was planned with a function or view which is gone then would fail (XX000). {gate} is the number
-- of a lock that these steps take first. Who already runs holds it to its end, as it holds its tables.
do $$
begin
  execute (
    select regexp_replace(pg_catalog.pg_get_functiondef(p.oid), E'\nbegin\n',
      E'\nbegin\n  perform pg_advisory_xact_lock_shared({gate});\n')
    from pg_catalog.pg_proc p where p.oid = 'public.antes_da_requisicao'::regproc);
end
$$
