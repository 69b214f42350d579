alter table public.profiles add foreign key (id) references auth.users on delete cascade;
alter table public.profiles add foreign key ("cdChave") references public."TbClienteChave";
alter table public.profiles add foreign key ("cdCliente") references public."TbCliente";
