"""The steps of scripts/convert: Python that runs the SQL of sql/online."""
