"""Strings: a quick look at each says the same as DRF's slow one."""

import pytest
from rest_framework.exceptions import ValidationError
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from apps.api.fields import StringField, SurrogateValidator

EDGES = [0, 0x7F, 0x80, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF]
STRINGS = ["", "plain", *(f"a{chr(code)}b" for code in EDGES), "😀 \ud83d", "\ud83d\ude00", "x" * 2000 + "\udfff"]


def verdict(validator: ProhibitSurrogateCharactersValidator, text: str) -> str:
    try:
        validator(text)
    except ValidationError as error:
        return f"{error.detail} {error.get_codes()}"
    return ""


@pytest.mark.parametrize("text", STRINGS, ids=range(len(STRINGS)))
def test_half_a_pair_is_refused_as_drf_refuses_it(text: str) -> None:
    ours = [each for each in StringField().validators if isinstance(each, ProhibitSurrogateCharactersValidator)]
    assert [type(each) for each in ours] == [SurrogateValidator]
    assert verdict(ours[0], text) == verdict(ProhibitSurrogateCharactersValidator(), text)
