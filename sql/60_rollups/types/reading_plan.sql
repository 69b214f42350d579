create type private.reading_plan as (
  since timestamp, until timestamp, dirty private.data_range[], raw_ranges private.data_range[],
  is_split boolean, is_packed boolean);
comment on type private.reading_plan is
  'Which buckets come from a rollup: [since, until) without the hours in dirty (null: none). '
  'raw_ranges are read from the values instead. is_split: a bucket of a sensor may have several rows. '
  'is_packed: some of the rollup is packed.';
