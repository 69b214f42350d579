-- Who changed what people manage. Security definer: nobody writes the log by hand.
create function private.cliente_da_linha(p_tabela text, p_linha jsonb) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_tabela in ('TbSensor', 'TbDispositivoLiberado', 'TbDispositivoCredencial') then (select d."cdCliente" from public."TbDispositivo" d
                          where d."cdDispositivo" = (p_linha ->> 'cdDispositivo')::integer)
    when p_tabela in ('TbImagens', 'TbProdutoItemJoinTable') then (select p."cdCliente" from public."TbProduto" p
                          where p."cdProduto" = (p_linha ->> 'cdProduto')::integer)
    when p_tabela = 'TbApiKeys' then (select p."cdCliente" from public.profiles p where p.id = (p_linha ->> 'cdUsuario')::uuid)
    else (p_linha ->> 'cdCliente')::integer
  end
$$;
comment on function private.cliente_da_linha(text, jsonb) is 'The client whose admins see what happens to a row.';
revoke all on function private.cliente_da_linha(text, jsonb) from public;

create function private.auditar() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
  v_segredos text[] := array['dsHash', 'dsChave'];
  v_antes jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - v_segredos end;
  v_depois jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - v_segredos end;
begin
  insert into public."TbAuditoria" ("dsTabela", "dsOperacao", "dsChamador", "dsRequisicao", "cdClientes", "cdCliente",
                                    "jsAntes", "jsDepois")
  values (tg_table_name, lower(tg_op), v_chamador."dsChamador",
          nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id',
          v_chamador."cdClientes", coalesce(private.cliente_da_linha(tg_table_name, coalesce(v_antes, v_depois)), v_chamador."cdCliente"), v_antes, v_depois);
  return null;
end
$$;
comment on function private.auditar() is 'Writes one entry of the audit log.';
revoke all on function private.auditar() from public;

create trigger "TbApiKeys_auditoria" after insert or update or delete on public."TbApiKeys"
  for each row execute function private.auditar();
create trigger "TbDispositivo_auditoria" after insert or update or delete on public."TbDispositivo"
  for each row execute function private.auditar();
create trigger "TbSensor_auditoria" after insert or update or delete on public."TbSensor"
  for each row execute function private.auditar();
create trigger "TbDestinatario_auditoria" after insert or update or delete on public."TbDestinatario"
  for each row execute function private.auditar();
create trigger "TbDispositivoLiberado_auditoria" after insert or update or delete on public."TbDispositivoLiberado"
  for each row execute function private.auditar();
comment on trigger "TbDispositivoLiberado_auditoria" on public."TbDispositivoLiberado" is 'Keeps TbAuditoria.';
comment on trigger "TbApiKeys_auditoria" on public."TbApiKeys" is 'Keeps TbAuditoria.';
comment on trigger "TbDispositivo_auditoria" on public."TbDispositivo" is 'Keeps TbAuditoria.';
comment on trigger "TbSensor_auditoria" on public."TbSensor" is 'Keeps TbAuditoria.';
comment on trigger "TbDestinatario_auditoria" on public."TbDestinatario" is 'Keeps TbAuditoria.';
create trigger "TbCliente_auditoria" after insert or update or delete on public."TbCliente"
  for each row execute function private.auditar();
comment on trigger "TbCliente_auditoria" on public."TbCliente" is 'Keeps TbAuditoria.';
create trigger "TbProduto_auditoria" after insert or update or delete on public."TbProduto"
  for each row execute function private.auditar();
comment on trigger "TbProduto_auditoria" on public."TbProduto" is 'Keeps TbAuditoria.';
create trigger "TbProdutoItem_auditoria" after insert or update or delete on public."TbProdutoItem"
  for each row execute function private.auditar();
comment on trigger "TbProdutoItem_auditoria" on public."TbProdutoItem" is 'Keeps TbAuditoria.';
create trigger "TbProdutoItemJoinTable_auditoria" after insert or update or delete on public."TbProdutoItemJoinTable"
  for each row execute function private.auditar();
comment on trigger "TbProdutoItemJoinTable_auditoria" on public."TbProdutoItemJoinTable" is 'Keeps TbAuditoria.';
-- Addresses that a job looks up are nobody's change.
create trigger "TbEndereco_auditoria" after insert or update or delete on public."TbEndereco"
  for each row when (session_user <> 'rastro_manutencao') execute function private.auditar();
comment on trigger "TbEndereco_auditoria" on public."TbEndereco" is 'Keeps TbAuditoria.';
create trigger "TbImagens_auditoria" after insert or update or delete on public."TbImagens"
  for each row execute function private.auditar();
comment on trigger "TbImagens_auditoria" on public."TbImagens" is 'Keeps TbAuditoria.';
create trigger "TbClienteChave_auditoria" after insert or update or delete on public."TbClienteChave"
  for each row execute function private.auditar();
comment on trigger "TbClienteChave_auditoria" on public."TbClienteChave" is 'Keeps TbAuditoria.';
create trigger profiles_auditoria after update or delete on public.profiles
  for each row execute function private.auditar();
comment on trigger profiles_auditoria on public.profiles is 'Keeps TbAuditoria.';
