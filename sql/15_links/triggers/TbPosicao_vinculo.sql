-- Few positions come with an address: a condition per row costs ingestion nothing; a statement-level trigger
-- would.
create trigger "TbPosicao_vinculo" after insert or update of "cdEndereco" on series."TbPosicao"
  for each row when (new."cdEndereco" is not null) execute function private.record_address_link();
comment on trigger "TbPosicao_vinculo" on series."TbPosicao" is 'Maintains TbEnderecoVinculo.';
