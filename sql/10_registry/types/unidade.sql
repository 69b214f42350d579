create type public.unidade as enum ('milimetros', 'gramas', 'celcius', 'abertura', 'unidade');
comment on type public.unidade is 'Unit in which a sensor is configured.';
