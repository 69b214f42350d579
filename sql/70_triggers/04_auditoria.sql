-- Who changed which key, device, sensor or site, and let which tracker send without credentials. Security definer: nobody writes the log by hand.
create function private.cliente_da_linha(p_tabela text, p_linha jsonb) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_tabela in ('TbSensor', 'TbDispositivoLiberado', 'TbDispositivoCredencial') then (select d."cdCliente" from public."TbDispositivo" d
                          where d."cdDispositivo" = (p_linha ->> 'cdDispositivo')::integer)
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
  v_antes jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - 'dsHash' end;
  v_depois jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - 'dsHash' end;
begin
  insert into public."TbAuditoria" ("dsTabela", "dsOperacao", "dsChamador", "dsRequisicao", "cdClientes", "cdCliente",
                                    "jsAntes", "jsDepois")
  values (tg_table_name, lower(tg_op), v_chamador."dsChamador",
          nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id',
          v_chamador."cdClientes", private.cliente_da_linha(tg_table_name, coalesce(v_antes, v_depois)), v_antes, v_depois);
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
