create policy ler on public."TbDispositivoMeta" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
