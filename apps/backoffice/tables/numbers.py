"""Numbers of a sheet as a spreadsheet shows them: whole ones without a point, dates and times by their format."""

import re
from datetime import datetime, timedelta

from apps.backoffice.exports import LARGEST_EXACT
from apps.backoffice.tables.table import Unusable

DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
TOO_LONG = (
    "holds a number of more than 15 digits, and a spreadsheet keeps only 15. "
    "Format the cell as text and write it again."
)
NO_NUMBER = "holds no number that can be read. Write it again."
NO_DATE = "holds a number outside the dates of a spreadsheet. Write a date such as 2027-01-31 09:30."
NO_RESULT = (
    "holds a formula whose result is not in the file. Open the file in a spreadsheet program and save it "
    "again, or write the value in place of the formula."
)
# Those that are not written out in the file (ECMA-376, part 1, 18.8.30).
BUILT_IN = {
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(50, 59)), "date"),
    **dict.fromkeys((45, 46, 47), "span"),
}
# Literal text, escaped characters, colours, conditions and languages.
NO_PART_OF_A_DATE = re.compile(r'"[^"]*"|[\\_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
MOST_DAYS = 2_958_466


def kind_of_format(number: int, code: str | None) -> str:
    """`date` and `span` are shown as such; anything else is a `number`."""
    if code is None:
        return BUILT_IN.get(number, "number")
    letters = NO_PART_OF_A_DATE.sub("", code).partition(";")[0].lower()
    if "[" in letters:
        return "span"
    return "date" if re.search("[dmyhs]", letters) and "general" not in letters else "number"


def shown(raw: str, kind: str, base_1904: bool) -> str:
    """The text of the cell. Raises Unusable."""
    if not DECIMAL.fullmatch(raw):
        raise Unusable(NO_NUMBER)
    value = float(raw)
    if kind == "number":
        return plain(value)
    if not 0 <= value < MOST_DAYS:
        raise Unusable(NO_DATE)
    # A serial number is exact to about a millisecond.
    since = timedelta(milliseconds=round(value * 86_400_000))
    return _span(since) if kind == "span" or since < timedelta(days=1) else _date(since, base_1904)


def plain(value: float) -> str:
    """Raises Unusable."""
    if not abs(value) <= LARGEST_EXACT:
        raise Unusable(TOO_LONG)
    return str(int(value)) if value.is_integer() else format(value, ".15g")


def _date(since: timedelta, base_1904: bool) -> str:
    # The other system counts a 29 February 1900 that never was.
    first = datetime(1904, 1, 1) if base_1904 else datetime(1899, 12, 31 if since.days < 60 else 30)  # noqa: DTZ001
    try:
        moment = first + since
    except OverflowError:
        raise Unusable(NO_DATE) from None
    return moment.isoformat() if since.seconds or since.microseconds else moment.date().isoformat()


def _span(since: timedelta) -> str:
    seconds = since.days * 86_400 + since.seconds
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
