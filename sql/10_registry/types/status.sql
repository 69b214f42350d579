create type public.status as enum ('ativo', 'inativo', 'suspenso', 'bloqueado', 'encerrado', 'estoque');
comment on type public.status is 'Life cycle of clients, sites, products and devices.';
