-- Moves the changes since the last time into the counts of a client; returns how many payloads it has.
-- Called by private.trim_quarantine, under its lock.
create function private.add_up_quarantine(p_client integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := coalesce(p_client, 0);
  v_more bigint;
  v_total bigint;
begin
  with changes as (
    delete from private."TbQuarentenaMudanca" m where m."cdCliente" = v_client
    returning m."dsOrigem", m."nrErros"
  ), sums as (
    select c."dsOrigem", sum(c."nrErros")::bigint as more from changes c group by c."dsOrigem"
  ), added as (
    insert into private."TbQuarentenaOrigem" as o ("cdCliente", "dsOrigem", "nrErros")
    select v_client, s."dsOrigem", s.more from sums s where s.more <> 0
    on conflict ("cdCliente", "dsOrigem") do update set "nrErros" = o."nrErros" + excluded."nrErros"
  )
  select coalesce(sum(s.more), 0) into v_more from sums s;
  delete from private."TbQuarentenaOrigem" o where o."cdCliente" = v_client and o."nrErros" <= 0;
  insert into public."TbQuarentena" as k ("cdCliente", "nrErros")
  select p_client, v_more
  where p_client is null or exists (select from public."TbCliente" c where c."cdCliente" = p_client)
  on conflict ("cdCliente") do update set "nrErros" = k."nrErros" + excluded."nrErros"
  returning k."nrErros" into v_total;
  return coalesce(v_total, 0);
end
$$;
comment on function private.add_up_quarantine is 'How many payloads the quarantine of a client has.';
revoke all on function private.add_up_quarantine from public;
