-- The client of this name, made if there is none. `novo` says whether it was.
-- Called by private.set_up. Raises PT409 CONFLICT where several have the name.
create function private.set_up_client(p_ds_nome text, out codigo integer, out novo boolean)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_clients integer[] := array(select c."cdCliente" from public."TbCliente" c where c."dsNome" = p_ds_nome);
begin
  if cardinality(v_clients) > 1 then
    raise sqlstate 'PT409' using message = format('Several clients are named %s: %s', p_ds_nome, v_clients),
      hint = 'CONFLICT';
  end if;
  codigo := v_clients[1];
  novo := codigo is null;
  if novo then
    insert into public."TbCliente" as c ("dsNome", "cdStatus") values (p_ds_nome, 'ativo')
    returning c."cdCliente" into codigo;
  end if;
end
$$;
comment on function private.set_up_client is 'Finds or creates the client of this name.';
revoke all on function private.set_up_client from public;
