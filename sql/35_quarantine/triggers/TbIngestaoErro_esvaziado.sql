create trigger "TbIngestaoErro_esvaziado" after truncate on public."TbIngestaoErro"
  for each statement execute function private.empty_quarantine_counts();
comment on trigger "TbIngestaoErro_esvaziado" on public."TbIngestaoErro" is
  'Sets the counts of the quarantine to zero.';
