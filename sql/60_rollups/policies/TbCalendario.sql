-- It holds nothing but times.
create policy ler on private."TbCalendario" for select to authenticated using (true);
