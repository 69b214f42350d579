create trigger "TbIngestaoErro_apagado" after delete on public."TbIngestaoErro"
  referencing old table as changed_rows
  for each statement execute function private.record_quarantine_change();
comment on trigger "TbIngestaoErro_apagado" on public."TbIngestaoErro" is 'Counts rows that left quarantine.';
