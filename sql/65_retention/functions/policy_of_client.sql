-- The policy that holds for a client: its own row, otherwise the row for everybody.
create function private.policy_of_client(p_client integer) returns public."TbPoliticaRetencao"
language sql stable set search_path = pg_catalog, pg_temp as $$
  select r from public."TbPoliticaRetencao" r
  where r."cdCliente" = p_client or r."cdCliente" is null
  order by r."cdCliente" nulls last limit 1
$$;
comment on function private.policy_of_client is 'The retention policy that holds for a client.';
revoke all on function private.policy_of_client from public;
