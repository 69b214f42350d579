-- People see their own keys; admins those of their clients, whoever made them.
create policy ler on public."TbApiKeys" for select to authenticated
  using ("cdUsuario" = (select private.current_user_id()) or (select private.is_service())
    or private.belongs_to_clients("TbApiKeys", (select private.managed_clients())::integer[]));
