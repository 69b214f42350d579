create type private.entity_kind as (
  table_name text,    -- or view
  key text,           -- its key column
  filters text[],     -- columns by which it can be filtered
  is_writable boolean -- rows can be created, changed and deleted
);
comment on type private.entity_kind is
  'One kind of the registry: its table or view, key and filters, and whether it can be changed.';
