alter table public."TbApiKeys" add foreign key ("cdUsuario") references auth.users on delete cascade;
