-- Few positions come with an address: a condition per row costs ingestion nothing; a statement-level trigger
-- would. Who carries many that have one records their addresses in one go.
create trigger "TbPosicao_vinculo" after insert or update of "cdEndereco" on series."TbPosicao"
  for each row
  when (new."cdEndereco" is not null
        and current_setting('rastro.address_links', true) is distinct from 'in bulk')
  execute function private.record_address_link();
comment on trigger "TbPosicao_vinculo" on series."TbPosicao" is 'Maintains TbEnderecoVinculo.';
