-- People see their own keys; admins those of the people of their clients.
create policy ler on public."TbApiKeys" for select to authenticated
  using ("cdUsuario" = (select private.usuario_atual()) or (select private.eh_servico())
    or "cdUsuario" in (select p.id from public.profiles p
                       where p."cdCliente" = any ((select private.clientes_administrados())::integer[])));
create policy ler on public."TbUsoApiKey" for select to authenticated
  using ("cdApiKey" in (select k."cdApiKey" from public."TbApiKeys" k));
