"""The front page of the back office: each figure for those who may see the list behind it, and a link to that list."""

import json
from datetime import UTC, date
from typing import Any

from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.accounts.models import Refusal
from apps.dashboard import figures
from apps.dashboard.figures import DayFigures

NEWEST = 8
# Chart.js's options: a grey that can be read in either theme.
GREY = "#737b8c"
CHART = {
    "responsive": True,
    "maintainAspectRatio": False,
    "plugins": {"legend": {"display": True, "align": "start", "labels": {"color": GREY, "boxHeight": 2}}},
    "scales": {
        "x": {"grid": {"display": False}, "ticks": {"color": GREY, "maxRotation": 0}},
        "y": {"beginAtZero": True, "grid": {}, "ticks": {"color": GREY, "precision": 0}},
    },
}


def context(request: HttpRequest, page: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK."""
    user = request.user
    today = timezone.now().astimezone(UTC).date()
    sees_tasks, sees_people = (user.has_perm(right) for right in ("tasks.view_task", "accounts.view_user"))
    if sees_tasks or sees_people:
        days = figures.days(today)
        totals = figures.totals()
        page["cards"] = [
            *(people_cards(totals.people, days, today) if sees_people else []),
            *(task_cards(totals.tasks, days, today) if sees_tasks else []),
        ]
    if sees_tasks:
        page["chart"] = chart(days[-figures.SHOWN_DAYS :])
        page["chart_options"] = json.dumps(CHART)
        page["days"] = list(reversed(days[-figures.SHOWN_DAYS :]))
        page["ages"] = [(age.label, str(age), _list("tasks_task", open=age.key)) for age in totals.open_by_age]
    if sees_people:
        page["active"] = figures.most_active()
        page["newest_changes"] = figures.NEWEST_CHANGES
    if user.has_perm("accounts.view_refusal"):
        page["refusals"] = list(Refusal.objects.order_by("-pk")[:NEWEST])
    page["actions"] = staff_actions(request)
    return page


def people_cards(total: Any, days: list[DayFigures], today: date) -> list[dict[str, Any]]:
    new = figures.week(days, "people_created")
    return [
        {"title": "People", "figure": total, "link": _list("accounts_user")},
        {
            "title": "New people in 7 days",
            "figure": f"{new.rows:,}",
            "trend": new.trend,
            "link": _list("accounts_user", created_at__gte=f"{figures.since(today, 7)} 00:00:00Z"),
        },
    ]


def task_cards(total: Any, days: list[DayFigures], today: date) -> list[dict[str, Any]]:
    created, completed = (figures.week(days, f"tasks_{what}") for what in ("created", "completed"))
    return [
        {"title": "Tasks", "figure": total, "link": _list("tasks_task")},
        {
            "title": "Tasks created in 7 days",
            "figure": f"{created.rows:,}",
            "trend": created.trend,
            "link": _list("tasks_task", created_at_from=f"{figures.since(today, 7)}Z"),
        },
        {
            "title": "Tasks completed in 7 days",
            "figure": f"{completed.rows:,}",
            "trend": completed.trend,
            "link": _list("tasks_task", completed_at_from=f"{figures.since(today, 7)}Z"),
        },
    ]


def chart(days: list[DayFigures]) -> str:
    """Chart.js's data, as unfold's chart component takes it."""
    lines = (("Created", "tasks_created", "var(--color-primary-600)"), ("Completed", "tasks_completed", "#0d9488"))
    return json.dumps(
        {
            "labels": [f"{figure.day:%m-%d}" for figure in days],
            "datasets": [
                {
                    "label": label,
                    "data": [getattr(figure, name) for figure in days],
                    "borderColor": colour,
                    "backgroundColor": colour,
                }
                for label, name, colour in lines
            ],
        }
    )


def staff_actions(request: HttpRequest) -> list[LogEntry]:
    """Everybody's for those who read the history, else one's own."""
    entries = LogEntry.objects.select_related("user", "content_type").order_by("-pk")
    if not request.user.has_perm("history.view_change"):
        entries = entries.filter(user=str(request.user.pk))
    return list(entries[:NEWEST])


def _list(name: str, **query: Any) -> str:
    address = reverse(f"admin:{name}_changelist")
    return f"{address}?{urlencode(query)}" if query else address
