-- Monthly partitions of the time series. A policy on the parent does not protect a partition that is queried
-- by name, so no API role may use this schema.
create schema particoes;
comment on schema particoes is
  'Monthly partitions of the time series and their rollups, created ahead by private.ensure_partitions().';
