-- Few positions come with an address: a condition per row costs ingestion nothing; a statement-level trigger
-- would.
create trigger "TbPosicao_vinculo" after insert or update of "cdEndereco" on public."TbPosicao"
  for each row when (new."cdEndereco" is not null) execute function private.record_address_link();
comment on trigger "TbPosicao_vinculo" on public."TbPosicao" is 'Maintains TbEnderecoVinculo.';
