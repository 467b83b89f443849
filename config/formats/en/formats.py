"""Dates as the back office shows them: sortable, and with no noon to mistake for midnight."""

DATETIME_FORMAT = "Y-m-d H:i"
DATE_FORMAT = "Y-m-d"
