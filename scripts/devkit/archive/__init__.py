"""Cold months of history as Parquet files, one of each table for a client and month, with a manifest."""
