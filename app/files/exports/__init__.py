"""Downloads: history and data points as CSV, XLSX or Parquet, tracks as GPX, KML or GeoJSON.

Everything is written page by page, so that a million rows need no more memory than one page.
"""
