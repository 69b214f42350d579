-- Admins of any client concerned see what is in quarantine.
create policy ler on public."TbIngestaoErro" for select to authenticated
  using ("cdClientes" && (select private.clientes_administrados())::integer[] or (select private.eh_servico()));
