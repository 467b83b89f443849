"""What is kept of the figures of the front page."""

from apps.ops.housekeeping import keep

keep("dashboard.Day", "three numbers a day, of nobody in particular")
