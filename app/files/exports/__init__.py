"""What people take away: history and data points as CSV, XLSX or Parquet, tracks as GPX, KML or GeoJSON.

Everything goes page by page, so that a million rows need no more memory than one page of them.
"""
