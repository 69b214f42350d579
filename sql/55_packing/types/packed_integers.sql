create type private.packed_integers as (
  base bigint,
  step bigint,
  unit bigint,
  width smallint,     -- bytes of a residual; 0: none is needed
  narrow smallint[],  -- one of these holds the residuals
  medium integer[],
  wide bigint[]
);
comment on type private.packed_integers is
  'Integers as a line with residuals: the n-th, from 0, is base + n * step + residual * unit.';
