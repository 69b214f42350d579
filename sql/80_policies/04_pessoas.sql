-- People see themselves; admins see the people, keys and enrolment codes of their clients.
create policy ler on public.profiles for select to authenticated
  using (id = (select private.usuario_atual()) or "cdCliente" = any ((select private.clientes_administrados())::integer[])
    or (select private.eh_servico()));
create policy ler on public."TbApiKeys" for select to authenticated
  using ("cdUsuario" = (select private.usuario_atual()) or (select private.eh_servico())
    or "cdUsuario" in (select p.id from public.profiles p
                       where p."cdCliente" = any ((select private.clientes_administrados())::integer[])));
create policy ler on public."TbUsoApiKey" for select to authenticated
  using ("cdApiKey" in (select k."cdApiKey" from public."TbApiKeys" k));
create policy ler on public."TbClienteChave" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));

-- The same for everybody who is signed in.
create policy ler on public."TbTipoSensor" for select to authenticated using (true);
create policy ler on public."TbEstado" for select to authenticated using (true);
create policy ler on public."TbMunicipio" for select to authenticated using (true);
