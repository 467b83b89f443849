"""Times in files."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.tasks.office.moments import moment_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-31T09:30:00Z", datetime(2027, 1, 31, 9, 30, tzinfo=UTC)),
        ("2027-01-31t09:30:00z", datetime(2027, 1, 31, 9, 30, tzinfo=UTC)),
        ("2027-01-31T09:30:00+05:45", datetime(2027, 1, 31, 3, 45, tzinfo=UTC)),
        ("2027-01-31 09:30:00.123456 -01:00", datetime(2027, 1, 31, 10, 30, 0, 123456, tzinfo=UTC)),
        ("2027-01-31T09:30", datetime(2027, 1, 31, 8, 30, tzinfo=UTC)),
        (" 2027-07-31 09:30 ", datetime(2027, 7, 31, 7, 30, tzinfo=UTC)),
        ("2027-01-31", datetime(2027, 1, 30, 23, tzinfo=UTC)),
        ("", None),
        (" ", None),
    ],
)
def test_a_time_without_an_offset_is_one_of_the_zone(text: str, moment: datetime | None) -> None:
    assert moment_of(text, BERLIN) == moment


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *((text, "This is no time such as") for text in (
            "soon", "31.01.2027 09:30", "01/31/2027", "46418", "46418.39", "09:30:00", "2027-02-30", "2027-W05-6",
            "2027-01-31T24:30:00", "20270131", "2027-01-31T0930Z", "2027-01-31🎉09:30", "\uff12027-01-31",
            "2027-01-31T09:30:00+01:00:30", "0000-01-01", "10000-01-01", "2027-01-31Z", "2027-01-31 09:30:60",
        )),
        ("2027-01-31T09:30:60Z", "Second 60 is allowed only for a leap second"),
        ("2027-01-31T09:30:00+25:00", "This is not an RFC 3339 timestamp"),
        ("2027-03-28 02:30", "does not exist in Europe/Berlin"),
        ("2027-10-31 02:30", "occurs twice in Europe/Berlin"),
        *((text, "The time must be from 0001-01-03|In UTC, this is not in the years 1 to 9999") for text in (
            "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59+14:00", "9999-12-31 23:59",
            "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01",
        )),
    ],
)  # fmt: skip
def test_what_is_no_time_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        moment_of(text, BERLIN)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.text(st.sampled_from("0123456789-:.TZ+ "), max_size=30),
    st.sampled_from(["Europe/Berlin", "Pacific/Apia", "UTC"]),
)
def test_any_text_is_a_time_or_refused(text: str, zone: str) -> None:
    try:
        moment = moment_of(text, ZoneInfo(zone))
    except ValidationError:
        return
    assert moment is None or moment.astimezone(ZoneInfo("Pacific/Kiritimati")) == moment


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones()))  # noqa: DTZ001 - as it asks
def test_any_time_with_its_offset_in_minutes_is_itself(time: datetime) -> None:
    utc = time.astimezone(UTC)
    assert moment_of(utc.isoformat(), BERLIN) == utc
