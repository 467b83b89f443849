"""The numbers of the front page, each by one statement whose cost does not grow with the tables."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from apps.backoffice.estimates import Amount

# So many rows are counted in milliseconds; of more the planner's estimate is told.
COUNTED = 50_000
SHOWN_DAYS = 30
# Twice a month for the trend of a month against the one before.
KEPT_DAYS = 60
NEWEST_CHANGES = 20_000

TOTALS = f"""
SELECT people.reltuples::bigint, tasks.reltuples::bigint,
    CASE WHEN people.reltuples < {COUNTED} THEN (SELECT count(*) FROM accounts_user) END,
    CASE WHEN tasks.reltuples < {COUNTED} THEN (SELECT count(*) FROM tasks_task) END,
    %s
FROM pg_class AS people, pg_class AS tasks
WHERE people.oid = 'accounts_user'::regclass AND tasks.oid = 'tasks_task'::regclass
"""  # noqa: S608 - a number of ours

# A day that is over is counted once; the one under way each time.
DAYS = """
WITH wanted AS (
    SELECT day::date AS day
    FROM generate_series(%(today)s::date - %(kept)s, %(today)s::date - 1, interval '1 day') AS day
    WHERE NOT EXISTS (SELECT FROM dashboard_day WHERE dashboard_day.day = day::date)
), counted AS (
    SELECT day,
        (SELECT count(*) FROM tasks_task WHERE created_at >= day::timestamp AT TIME ZONE 'UTC'
            AND created_at < (day + 1)::timestamp AT TIME ZONE 'UTC') AS tasks_created,
        (SELECT count(*) FROM tasks_task WHERE completed_at IS NOT NULL AND timezone('UTC', completed_at) >= day
            AND timezone('UTC', completed_at) < day + 1) AS tasks_completed,
        (SELECT count(*) FROM accounts_user WHERE created_at >= day::timestamp AT TIME ZONE 'UTC'
            AND created_at < (day + 1)::timestamp AT TIME ZONE 'UTC') AS people_created
    FROM (SELECT day FROM wanted UNION ALL SELECT %(today)s::date) AS days
), kept AS (
    INSERT INTO dashboard_day (day, tasks_created, tasks_completed, people_created)
    SELECT * FROM counted WHERE day < %(today)s::date ON CONFLICT DO NOTHING
)
SELECT day, tasks_created, tasks_completed, people_created FROM dashboard_day
    WHERE day >= %(today)s::date - %(kept)s AND day < %(today)s::date
UNION ALL SELECT * FROM counted ORDER BY day
"""

AGE = """(SELECT count(*) FROM (SELECT FROM tasks_task WHERE deleted_at IS NULL AND NOT (status = 'completed')
    AND timezone('UTC', created_at) <= {now} - interval '{youngest} days' {oldest} LIMIT {counted}) AS counted)"""
NOW = "timezone('UTC', statement_timestamp())"

# Keys of the list's filter "open for" (apps.tasks.office.filters), and days.
AGES: dict[str, tuple[str, int, int | None]] = {
    "day": ("Less than a day", 0, 1),
    "week": ("1 to 7 days", 1, 7),
    "month": ("7 to 30 days", 7, 30),
    "quarter": ("30 to 90 days", 30, 90),
    "older": ("More than 90 days", 90, None),
}

ACTIVE = """
SELECT actor, coalesce(nullif(person.name, ''), nullif(person.email, ''), actor), changes
FROM (
    SELECT actor, count(*) AS changes
    FROM (SELECT actor, source, kind FROM history_change ORDER BY at DESC, id DESC LIMIT %s) AS newest
    WHERE source = 'api' AND kind = 'task' AND actor IS NOT NULL GROUP BY actor ORDER BY changes DESC, actor LIMIT 5
) AS active
JOIN accounts_user AS person ON person.subject = actor ORDER BY changes DESC, actor
"""


@dataclass(frozen=True)
class Age:
    """Open tasks of an age: `key` is the list's own; counted up to COUNTED."""

    key: str
    label: str
    rows: int
    exact: bool

    def __str__(self) -> str:
        return f"{self.rows:,}" if self.exact else f"more than {self.rows:,}"


@dataclass(frozen=True)
class Totals:
    people: Amount
    tasks: Amount
    open_by_age: list[Age]


@dataclass(frozen=True)
class DayFigures:
    day: date
    tasks_created: int
    tasks_completed: int
    people_created: int


@dataclass(frozen=True)
class Week:
    """The last seven days, today among them, and the seven before."""

    rows: int
    before: int

    @property
    def trend(self) -> str:
        if not self.before:
            return "none in the week before"
        percent = round(100 * (self.rows - self.before) / self.before)
        return "as many as in the week before" if not percent else f"{percent:+d} % against the week before"


def totals() -> Totals:
    counts = ", ".join(
        AGE.format(
            now=NOW,
            youngest=youngest,
            oldest=f"AND timezone('UTC', created_at) > {NOW} - interval '{oldest} days'" if oldest else "",
            counted=COUNTED + 1,
        )
        for _, youngest, oldest in AGES.values()
    )
    ((people, tasks, people_counted, tasks_counted, *ages),) = _rows(TOTALS % counts)
    return Totals(
        _total(people, people_counted),
        _total(tasks, tasks_counted),
        [Age(key, AGES[key][0], min(rows, COUNTED), rows <= COUNTED) for key, rows in zip(AGES, ages, strict=True)],
    )


def days(today: date) -> list[DayFigures]:
    """KEPT_DAYS and today, oldest first."""
    return [DayFigures(*row) for row in _rows(DAYS, {"today": today, "kept": KEPT_DAYS})]


def week(figures: list[DayFigures], name: str) -> Week:
    counts = [getattr(figure, name) for figure in figures]
    return Week(sum(counts[-7:]), sum(counts[-14:-7]))


def most_active() -> list[tuple[str, str, int]]:
    """Subject, name and how many of the NEWEST_CHANGES were theirs."""
    return [tuple(row) for row in _rows(ACTIVE, [NEWEST_CHANGES])]


def since(today: date, number: int) -> date:
    return today - timedelta(days=number - 1)


def _total(estimate: int, counted: int | None) -> Amount:
    """VACUUM counts whole tables more closely than the planner guesses at a query."""
    return Amount(estimate if counted is None else counted, counted is not None, digits=3)


def _rows(sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
