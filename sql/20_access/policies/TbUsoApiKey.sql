-- The use of a key is seen by whoever sees the key.
create policy ler on public."TbUsoApiKey" for select to authenticated
  using ("cdApiKey" in (select k."cdApiKey" from public."TbApiKeys" k));
