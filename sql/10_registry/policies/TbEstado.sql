create policy ler on public."TbEstado" for select to authenticated using (true);
