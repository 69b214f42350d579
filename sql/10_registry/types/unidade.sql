create type public.unidade as enum (
  'volts', 'kilos', 'gramas', 'centimetros', 'metros', 'kilometros', 'aberturas', 'unidades', 'temperatura',
  'pessoas'
);
comment on type public.unidade is 'Unit in which a sensor is configured.';
