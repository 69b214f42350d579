create type private.reading_plan as (since timestamp, until timestamp, dirty private.data_range[], raw_ranges private.data_range[], is_split boolean);
comment on type private.reading_plan is 'Which buckets of a rollup answer, [de, ate) without the hours in pendentes (null: none), and what is read from the readings instead. repartido: of one bucket of a sensor there may be several rows.';
