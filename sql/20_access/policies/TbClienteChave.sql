-- Admins see the enrolment codes of their clients. Keys do not: who knows a code joins, for longer than a key
-- lasts.
create policy ler on public."TbClienteChave" for select to authenticated
  using ("cdCliente" = any ((select private.clients_of_people())::integer[])
    or ((select private.is_service()) and (select private.current_user_id()) is not null));
