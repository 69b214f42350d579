create policy ler on public."TbPosicaoAtual" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
