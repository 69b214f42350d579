-- The same for everybody who is signed in.
create policy ler on public."TbTipoSensor" for select to authenticated using (true);
