"""What is a line of text that somebody can read, and what is a name."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.values.text import composed, name_in, validate_line

INVISIBLE = {
    "zero width space": "\u200b",
    "joiners": "\u200c\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "braille blank": "\u2800",
    "hangul fillers": "\u3164\u115f\u1160\uffa0",
    "soft hyphen": "\u00ad",
    "grapheme joiner": "\u034f",
    "mongolian separator": "\u180e",
    "khmer inherent vowels": "\u17b4\u17b5",
    "variation selectors": "\ufe0e\ufe0f\U000e0100",
    "tags": "\U000e0067\U000e007f",
    "directions": "\u200e\u200f\u061c\u202a\u202e\u2066\u2069",
    "invisible operators": "\u2061\u2064\u206a",
    "annotations": "\ufff9\ufffb",
    "spaces": "\u00a0\u2003\u202f\u205f\u3000\u1680\u2028\u2029",
    "music": "\U0001d159\U0001d173",
    "a space between": "\u200b \u200b",
}
VISIBLE = [
    "x",
    "a\u200bb",
    "علی\u200cرضا",
    "👨\u200d👩\u200d👧",
    "❤\ufe0f",
    "🇩🇪",
    "🏴\U000e0067\U000e0062\U000e007f",
    "全角\u3000空白",
    "no\u00a0break",
    "\u2028x",
    "\ue000",
    "\u0378",
    "\u0301",
    "⠁",
    "\u202eabc",
    ".",
]


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE.keys())
def test_what_nobody_sees_is_blank(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_line(text)
    assert refusal.value.code == "blank"
    assert name_in(text) is None


@pytest.mark.parametrize("text", VISIBLE, ids=ascii)
def test_what_shows_something_is_a_line(text: str) -> None:
    validate_line(text)


@pytest.mark.parametrize("control", [*map(chr, range(1, 32)), *map(chr, range(0x7F, 0xA0))], ids=ascii)
def test_a_control_character_is_refused(control: str) -> None:
    for text in (f"a{control}b", f"é{control}é", control):
        with pytest.raises(ValidationError) as refusal:
            validate_line(text)
        assert refusal.value.code == "control"
        assert name_in(text) is None


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "علی\u200cرضا",
        "محمد \u200fأحمد",
        "שלום",
        "山田\u3000太郎",
        "Jean\u00a0Luc",
        "👩🏽\u200d💻 Ada",
        "Ada ❤\ufe0f",
        "Ada 🇩🇪",
        "Ada 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "Ada 🫨",
        "क्\u200dष",
        "Zoe\u0308",
        "soft\u00adhyphen",
        "\uf8ff",
    ],
)
def test_a_name_is_kept_as_it_is(name: str) -> None:
    assert name_in(name) == name


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\0b", "a\x7fb", "a\ud800b", "\udc00", "a\u2028b", "a\ufffe"])
def test_what_is_no_name_is_dropped(name: str) -> None:
    assert name_in(name) is None


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_a_name_does_not_turn_the_text_behind_it(sign: str) -> None:
    assert name_in(f"Ada{sign}Byron") == "AdaByron"
    assert name_in(sign) is None


@given(st.text())
def test_composing_is_done_once(text: str) -> None:
    assert composed(composed(text)) == composed(text)
    assert composed(unicodedata.normalize("NFD", text)) == composed(text)
