create type public.status as enum ('ativo', 'inativo', 'suspenso', 'bloqueado', 'encerrado', 'estoque');
comment on type public.status is 'Life cycle of clients, sites, products and devices.';

create type public.unidade as enum ('milimetros', 'gramas', 'celcius', 'abertura', 'unidade');
comment on type public.unidade is 'Unit in which a sensor is configured.';

create type public.papel as enum ('default', 'admin', 'service');
comment on type public.papel is 'What a person may do: default reads, admin also writes for its own clients, service does all.';

create type inventario."statusInventario" as enum ('em_progresso', 'finalizado', 'cancelado');
comment on type inventario."statusInventario" is 'State of a stock-taking.';
