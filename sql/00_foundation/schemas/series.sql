-- The partitioned time series and their rollups. Hot rows alone are not the history, and rollups alone are
-- not exact: API roles may not use this schema, and read the views of the same names in `public`.
create schema series;
comment on schema series is
  'Partitioned time series and their rollups, as they are stored. Read the views of their names in public.';
