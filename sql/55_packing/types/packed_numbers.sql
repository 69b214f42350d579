create type private.packed_numbers as (
  divisor double precision,
  numbers private.packed_integers,
  others double precision[]  -- where some are not decimal numbers of up to six places
);
comment on type private.packed_numbers is
  'Double precision numbers as integers and the power of ten that they are divided by, or as they are.';
