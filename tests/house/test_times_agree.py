"""The API, the form, the bulk change and the import take the same due times, and what they take is read everywhere."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from apps.backoffice.models import Job
from apps.tasks.models import Task
from apps.values import times, zones
from tests.colleagues import superuser
from tests.tasks.office.pages import TASKS, browser_form, page_of

ZONES = [
    *("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "Europe/Berlin", "Australia/Lord_Howe"),
    *("Pacific/Apia", "America/Juneau", "Asia/Manila", "Africa/Monrovia"),
]
at = datetime.fromisoformat
FIRST, LAST = at("0001-01-01T00:00:00"), at("9999-12-31T23:59:59")
# Anywhere in the calendar, at its ends, and where clocks are turned in some of the zones.
TURNS = [at("2026-03-29T02:00:00"), at("2026-10-25T02:00:00"), at("2026-04-05T01:30:00"), at("2011-12-30T00:00:00")]
LOCAL = st.one_of(
    st.datetimes(FIRST, LAST),
    st.datetimes(FIRST, at("0001-01-04T00:00:00")),
    st.datetimes(at("9999-12-28T00:00:00"), LAST),
    st.sampled_from(TURNS).flatmap(lambda turn: st.datetimes(turn - timedelta(hours=2), turn + timedelta(hours=2))),
).map(lambda local: local.replace(microsecond=0))
OFFSETS = st.integers(-(24 * 60 - 1), 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def read(text: str, reader: Callable[[str], datetime] = times.writable_instant) -> datetime | None:
    try:
        return reader(text)
    except times.NotATime:
        return None


@given(LOCAL, OFFSETS, st.text("0123456789", max_size=9), st.booleans())
@settings(max_examples=300)
def test_a_timestamp_is_the_instant_that_python_says(
    local: datetime, offset: timezone, digits: str, is_lower: bool
) -> None:
    aware = local.replace(tzinfo=offset)
    text = local.isoformat() + (f".{digits}" if digits else "") + zones.offset_of(aware)
    found = read(text.lower() if is_lower else text, times.instant)
    expected = aware + timedelta(microseconds=int(f"{digits:0<6}"[:6]))
    try:
        assert found == expected.astimezone(UTC)
    except OverflowError:
        assert found is None


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.[0-9]{2}:[0-9]{2}:[0-9]{2}.?", fullmatch=True))
@settings(max_examples=300)
def test_any_other_text_is_refused_without_a_crash(text: str) -> None:
    found = read(text, times.instant)
    assert found is None or found.utcoffset() == timedelta(0)


@given(LOCAL, st.sampled_from(ZONES))
@settings(max_examples=300)
def test_a_local_time_is_one_instant_or_refused(local: datetime, zone: str) -> None:
    try:
        instant = zones.instant_at(local, ZoneInfo(zone))
    except times.NotATime:
        candidates = {local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)}
        assert len(candidates) == 2 or abs(local - FIRST) < timedelta(days=1) or abs(LAST - local) < timedelta(days=1)
    else:
        assert instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


@given(st.datetimes(times.EARLIEST.replace(tzinfo=None), times.LATEST.replace(tzinfo=None)), st.sampled_from(ZONES))
@settings(max_examples=300)
def test_every_stored_time_is_shown_in_every_zone(stored: datetime, zone: str) -> None:
    instant = stored.replace(tzinfo=UTC)
    local = instant.astimezone(ZoneInfo(zone))
    typed = local.replace(tzinfo=None, fold=0)
    if not zones.is_repeated(local):
        assert zones.instant_at(typed, ZoneInfo(zone)) == instant
    else:
        offset = zones.without_offset(zones.offset_of(local))[1]
        assert zones.in_utc(typed.replace(tzinfo=offset)) == instant


class Doors:
    """Each way to give Alice's task a due time; what is stored after it, None where it was refused."""

    def __init__(self, api: APIClient, task: Task) -> None:
        self.api, self.task, self.office = api, task, superuser("doors@example.com")
        self.form = browser_form(self.office, task)

    def due(self) -> datetime | None:
        return Task.objects.values_list("due_at", flat=True).get(pk=self.task.pk)

    def by_api(self, text: str) -> datetime | None:
        answer = self.api.patch(f"/api/tasks/{self.task.pk}", {"due_at": text})
        assert answer.status_code in {200, 422}
        return self.due()

    def by_form(self, day: str, clock: str) -> datetime | None:
        body = {**self.form, "due_at_0": day, "due_at_1": clock}
        assert self.office.post(page_of(self.task), body).status_code in {200, 302}
        return self.due()

    def by_bulk(self, day: str, clock: str) -> datetime | None:
        chosen = {"action": "edit_many", "_selected_action": [self.task.pk]}
        job = self.office.post(TASKS, chosen)["Location"]
        return self._run(job, {"do": "preview", "due_at_0": day, "due_at_1": clock})

    def by_import(self, text: str) -> datetime | None:
        rows = json.dumps([{"id": self.task.pk, "due_at": text}]).encode()
        return self._run(
            self.office.post(f"{TASKS}import/", {"file": SimpleUploadedFile("t.json", rows)})["Location"], None
        )

    def _run(self, job: str, plan: dict[str, str] | None) -> datetime | None:
        if plan:
            assert self.office.post(job, plan).status_code == 200
        for step in ("start", "step"):
            assert self.office.post(job, {"do": step}).status_code in {200, 302}
        Job.objects.all().delete()
        return self.due()


def undone(step: Callable[..., datetime | None], *given: str) -> datetime | None:
    with transaction.atomic():
        stored = step(*given)
        transaction.set_rollback(True)
    return stored


@given(LOCAL, st.sampled_from(ZONES), st.booleans())
@example(at("9999-12-31T23:59:59"), "Etc/GMT+12", False)
@example(at("9999-12-31T23:59:59"), "UTC", False)
@example(at("9999-12-30T13:59:59"), "Pacific/Kiritimati", False)
@example(at("0001-01-01T00:00:00"), "Pacific/Kiritimati", True)
@example(at("2026-10-25T02:30:00"), "Europe/Berlin", True)
@example(at("2026-10-25T02:30:00"), "Europe/Berlin", False)
@settings(max_examples=4)
@pytest.mark.django_db
def test_every_door_takes_the_same(api: APIClient, task: Task, local: datetime, zone: str, is_second: bool) -> None:
    aware = local.replace(tzinfo=ZoneInfo(zone), fold=int(is_second))
    offset = zones.offset_of(aware)
    # RFC 3339 has no offset with seconds, as local mean times have.
    assume(len(offset) == 6)
    text, day, clock = local.isoformat() + offset, local.date().isoformat(), local.time().isoformat()
    doors = doors_of(api, task, zone)
    expected = read(text)
    seen = [undone(doors.by_api, text), undone(doors.by_import, text)]
    seen += [undone(door, day, clock + offset) for door in (doors.by_form, doors.by_bulk)]
    assert seen == [expected] * 4
    try:
        alone = times.writable(zones.instant_at(local, ZoneInfo(zone)))
    except times.NotATime:
        alone = None
    assert [undone(door, day, clock) for door in (doors.by_form, doors.by_bulk)] == [alone] * 2


def doors_of(api: APIClient, task: Task, zone: str) -> Doors:
    """Signed in once for all examples."""
    doors: Doors = task.__dict__.setdefault("_doors", None) or Doors(api, task)
    task.__dict__["_doors"] = doors
    doors.office.cookies["back_office_zone"] = zone
    return doors


@given(
    st.one_of(
        st.sampled_from([times.EARLIEST, times.LATEST]),
        st.datetimes(times.EARLIEST.replace(tzinfo=None), times.LATEST.replace(tzinfo=None)).map(
            lambda stored: stored.replace(tzinfo=UTC)
        ),
    ),
    st.sampled_from(ZONES),
)
@example(times.LATEST, "Pacific/Kiritimati")
@example(times.EARLIEST, "Etc/GMT+12")
@example(times.EARLIEST, "America/Juneau")
@example(times.LATEST, "Asia/Manila")
@settings(max_examples=2)
@pytest.mark.django_db
def test_what_is_taken_is_read_on_every_page_and_in_every_export(
    api: APIClient, task: Task, due: datetime, zone: str
) -> None:
    doors = doors_of(api, task, zone)
    text = due.isoformat().replace("+00:00", "Z")
    assert doors.by_api(text) == due
    assert api.get(f"/api/tasks/{task.pk}").json()["due_at"] == text
    assert api.get("/api/tasks?ordering=due_at").json()["results"][0]["due_at"] == text
    for page in ("", page_of(task).removeprefix("/admin/"), page_of(task, "history").removeprefix("/admin/")):
        assert doors.office.get(f"/admin/{page}").status_code == 200
    assert due.astimezone(ZoneInfo(zone)).strftime("%H:%M") in doors.office.get(TASKS).content.decode()
    for kind in ("csv", "xlsx", "json"):
        content = _content(doors.office.get(f"{TASKS}export/?format={kind}"))
        answer = doors.office.post(f"{TASKS}import/", {"file": SimpleUploadedFile(f"t.{kind}", content)}, follow=True)
        assert [label for label, _, _ in answer.context["groups"]] == ["Already so"], kind
    person = json.loads(_content(doors.office.post("/admin/accounts/user/alice/export/")))
    assert person["tasks"][0]["due_at"].startswith(due.isoformat()[:19])


def _content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)
