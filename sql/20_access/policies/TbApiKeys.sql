-- People see their own keys; admins those of the people of their clients.
create policy ler on public."TbApiKeys" for select to authenticated
  using ("cdUsuario" = (select private.current_user_id()) or (select private.is_service())
    or "cdUsuario" in (select p.id from public.profiles p
                       where p."cdCliente" = any ((select private.managed_clients())::integer[])));
