-- People see themselves; admins see the people and enrolment codes of their clients.
create policy ler on public.profiles for select to authenticated
  using (id = (select private.usuario_atual()) or "cdCliente" = any ((select private.clientes_administrados())::integer[])
    or (select private.eh_servico()));
create policy ler on public."TbClienteChave" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));

-- The same for everybody who is signed in.
create policy ler on public."TbTipoSensor" for select to authenticated using (true);
create policy ler on public."TbEstado" for select to authenticated using (true);
create policy ler on public."TbMunicipio" for select to authenticated using (true);
