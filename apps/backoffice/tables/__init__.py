"""Tables out of files that staff upload: CSV, XLSX, ODS and JSON, each read within fixed bounds."""
