create policy ler on public."TbMunicipio" for select to authenticated using (true);
