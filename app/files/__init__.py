"""Files that come in and go out: pictures, spreadsheets, tracks."""
