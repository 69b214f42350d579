create type private.cadastro as (tabela text, chave text, filtros text[], "blMuda" boolean);
comment on type private.cadastro is 'What is kept about a fleet under one name: its table or view, the key, by what it can be filtered, whether it can be changed.';
