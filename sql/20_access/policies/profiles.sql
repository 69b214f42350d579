-- People see themselves; admins see the people of their clients.
create policy ler on public.profiles for select to authenticated
  using (id = (select private.current_user_id())
    or "cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service()));
