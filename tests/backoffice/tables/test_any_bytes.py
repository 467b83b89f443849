"""Whatever is uploaded is read, or refused with a sentence."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.backoffice.tables.table import Unreadable
from tests.backoffice.tables.reader import source_of
from tests.workbooks import ods, ods_row, ods_table, row, xlsx

SOUND = {
    "csv": 'id,title\r\n1,"a ""b"""\r\n'.encode("utf-16"),
    "json": json.dumps([{"id": 1, "title": "a", "tags": ["b"], "tasks": [{"title": "c"}]}]).encode(),
    "xlsx": xlsx(row(1, "id", "title"), row(2, "<c><v>1</v></c>", "a")),
    "ods": ods(ods_table(ods_row("id", "title"), ods_row("1", "a"))),
}


def tried(kind: str, content: bytes) -> None:
    with contextlib.suppress(Unreadable):
        source_of(f"t.{kind}", content)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(kind=st.sampled_from(sorted(SOUND)), content=st.binary(max_size=300))
def test_any_bytes(kind: str, content: bytes) -> None:
    tried(kind, content)


@pytest.mark.parametrize("kind", sorted(SOUND))
def test_any_one_part_of_a_sound_file_overwritten_or_cut(kind: str) -> None:
    sound = SOUND[kind]

    @settings(max_examples=120, deadline=None, derandomize=True)
    @given(place=st.integers(0, len(sound) - 1), value=st.binary(max_size=4), rest=st.booleans())
    def overwritten(place: int, value: bytes, rest: bool) -> None:
        tried(kind, sound[:place] + value + (sound[place + len(value) :] if rest else b""))

    overwritten()


MARKUP = st.text(st.sampled_from("<>/&;=\"' acrstvf01AZ:!-[]"), max_size=40)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(markup=MARKUP)
def test_any_markup_in_a_sheet(markup: str) -> None:
    tried("xlsx", xlsx(row(1, "id", "title"), markup))
    tried("ods", ods(ods_table(ods_row("id", "title"), markup)))
