-- People see themselves; admins, but not their keys, see the people of their clients.
create policy ler on public.profiles for select to authenticated
  using (id = (select private.current_user_id())
    or "cdCliente" = any ((select private.clients_of_people())::integer[])
    or ((select private.is_service()) and (select private.current_user_id()) is not null));
