-- Trigger function.
-- Security definer: nobody has rights on the tables of counts, whoever truncates.
create function private.empty_quarantine_counts() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  truncate private."TbErroAlheio", private."TbQuarentenaMudanca", private."TbQuarentenaOrigem";
  update public."TbQuarentena" k set "nrErros" = 0;
  return null;
end
$$;
comment on function private.empty_quarantine_counts is 'Sets the counts of the quarantine to zero.';
revoke all on function private.empty_quarantine_counts from public;
