alter table public."TbUsoApiKey" add foreign key ("cdApiKey") references public."TbApiKeys" on delete cascade;
