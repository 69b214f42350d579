-- Everything that the old application uses, in one statement: its time limit bounds the wait for all of them.
-- Those that are written most come last, so that their writers wait least.
lock table
  public."TbCliente", public."TbClienteChave", public."TbDestinatario", public."TbProduto",
  public."TbProdutoItem", public."TbProdutoItemJoinTable", public."TbImagens", public."TbTipoSensor",
  public."TbApiKeys", public.profiles, public."TbEstado", public."TbMunicipio",
  inventario.armazem, inventario.rua, inventario.prateleira, inventario.sessao, inventario.inventario,
  inventario.leituras, public."TbDispositivo", public."TbSensor", public."TbEndereco",
  public."TbPosicao", public."TbSensorRegistro"
in access exclusive mode
