create type inventario."statusInventario" as enum ('em_progresso', 'finalizado', 'cancelado');
comment on type inventario."statusInventario" is 'State of a stock-taking.';
