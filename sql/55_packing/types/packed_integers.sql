create type private.packed_integers as (
  base bigint,
  step bigint,
  unit bigint,
  width smallint,  -- bytes of a residual; 0: none is needed
  blank smallint,  -- residual of what is null; -1: nothing is
  planes bytea     -- the lowest byte of every residual, then the next byte of every residual, and so on
);
comment on type private.packed_integers is
  'Integers as a line with residuals: the n-th, from 0, is base + n * step + residual * unit.';
