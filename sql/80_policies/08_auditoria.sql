-- Admins see what happened to rows of their clients.
create policy ler on public."TbAuditoria" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));
