create type private.entity_kind as (table_name text, key text, filters text[], is_writable boolean);
comment on type private.entity_kind is 'What is kept about a fleet under one name: its table or view, the key, by what it can be filtered, whether it can be changed.';
