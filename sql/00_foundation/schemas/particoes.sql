-- Monthly partitions of the time series. A policy on the parent does not protect a child that is queried by name,
-- so no API role may even look into this schema.
create schema particoes;
comment on schema particoes is 'Monthly partitions of the time series and their rollups, made ahead by private.ensure_partitions().';
