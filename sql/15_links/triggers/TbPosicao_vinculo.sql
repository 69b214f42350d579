-- Few reports come with an address: a condition a row costs ingestion nothing, a statement's trigger would.
create trigger "TbPosicao_vinculo" after insert or update of "cdEndereco" on public."TbPosicao"
  for each row when (new."cdEndereco" is not null) execute function private.record_address_link();
comment on trigger "TbPosicao_vinculo" on public."TbPosicao" is 'Keeps TbEnderecoVinculo.';
