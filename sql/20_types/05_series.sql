create type private.faixa as (codigo integer, "cdCliente" integer, de timestamp, ate timestamp);
comment on type private.faixa is 'A piece of time of a sensor or device, end excluded; of one client, or of all when cdCliente is null.';

create type private.plano_de_leitura as (de timestamp, ate timestamp, pendentes private.faixa[], brutas private.faixa[], repartido boolean);
comment on type private.plano_de_leitura is 'Which buckets of a rollup answer, [de, ate) without the hours in pendentes (null: none), and what is read from the readings instead. repartido: of one bucket of a sensor there may be several rows.';
