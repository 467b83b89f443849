"""The same letters, in Python and in SQL: over all of Unicode, and over texts put together at random."""

import hashlib
import os
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from typing import Any

import psycopg2
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.values import folding
from apps.values.folding import folded
from apps.values.letters import FOLDS, INVISIBLE, MARKS, SPELLED
from apps.values.text import CONTROLS, UNSEEN

pytestmark = pytest.mark.django_db
CHARACTERS = [chr(number) for number in range(1, 0x110000) if not 0xD800 <= number < 0xE000]
# What differs between the versions of Unicode that Python and PostgreSQL know.
KNOWN = [character for character in CHARACTERS if unicodedata.category(character) != "Cn"]
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0")
    | st.sampled_from("İıſßẞﬁŉΣςσ\u0345\u0301がか\u3099한\u1112\u1161\u11abक\u093cÆøŁЙё"),
    max_size=30,
)
# Of the SQL that migrations have put into databases. It may not change; see apps/values/letters.py.
DIGEST = "518831744dbb58f16fb29807a12e07d0d9e0a691aeb1744c66b7ab4d99424bba"


def in_sql(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tasks_sort_key(line) FROM unnest(%s::text[]) WITH ORDINALITY AS each (line, place) ORDER BY place",
            [texts],
        )
        return [key for (key,) in cursor.fetchall()]


def test_sql_folds_every_character_as_python_does() -> None:
    texts = [f"a{character}B" for character in KNOWN]
    assert in_sql(texts) == [folded(text) for text in texts]


@given(texts=st.lists(TEXTS, min_size=20, max_size=40))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_folds_every_text_as_python_does(texts: list[str]) -> None:
    assert in_sql(texts) == [folded(text) for text in texts]


@given(text=TEXTS)
@settings(max_examples=500, deadline=None)
def test_equal_texts_fold_to_the_same(text: str) -> None:
    key = folded(text)
    assert folded(key) == key
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert folded(unicodedata.normalize(form, text)) == key
    # The iota subscript is a mark to us, and a letter in capitals to Unicode.
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).replace("\u0345", ""))
    assert folded(plain.casefold()) == folded(plain.upper()) == folded(plain.lower()) == key


def test_the_table_is_that_of_unicode_for_every_letter_with_case() -> None:
    """What is no case is listed here: the letters that people type without their stroke, and variants."""
    table = {chr(each): chr(each + by) for first, last, step, by in FOLDS for each in range(first, last + 1, step)}
    ignored = folding._IGNORED
    for character in CHARACTERS:
        bare = ignored.sub("", unicodedata.normalize("NFKD", character))
        if bare != character or character.isascii():
            assert character not in table or not character.isalpha(), hex(ord(character))
            continue
        expected = character.casefold()
        if character not in table and character not in SPELLED:
            assert expected == character, hex(ord(character))
        elif character in table and table[character] != expected:
            # Another letter, then, and the same for the capital and the small one.
            assert folded(character) == folded(expected)


@pytest.mark.parametrize("mark", ["\u3099", "\u093f", "\u0e34", "\u094d", "\u0b3e", "\u102d", "\u17b7"])
def test_marks_that_make_another_word_stay(mark: str) -> None:
    assert not folding._IGNORED.match(mark)


def test_the_classes_have_no_letter_of_their_own() -> None:
    assert "[" not in INVISIBLE + MARKS


def test_the_sql_of_the_migrations_is_as_it_was() -> None:
    text = folding.FOLD + folding.SPLIT + folding.SPLIT_SOUGHT + folding.VARIABLES + UNSEEN + CONTROLS
    assert hashlib.sha256(text.encode()).hexdigest() == DIGEST


def test_the_locale_of_a_database_makes_no_difference() -> None:
    """In one of LC_CTYPE C, lower() and the text search of PostgreSQL know the letters of ASCII alone."""
    functions = import_module("apps.tasks.migrations.0013_search_keys").FORWARD
    lines = [
        "ПРИВЕТ мир",
        "Straße STRAẞE",
        "Ἀθῆναι ΟΔΟΣ",
        "我家在上海东边",
        "ｆｕｌｌ ﬁ İI ıi",
        "ASCII",
        "買iPhone15ケース 🇩🇪❤️",
    ]
    asked = "SELECT tasks_sort_key(%s), tasks_search_keys(%s, NULL, 'me')::text, tasks_search_query(%s, 'me')::text"
    answers = []
    for ctype in ("C", "C.UTF-8"):
        with other_database(ctype) as cursor:
            cursor.execute(functions)
            for line in lines:
                cursor.execute(asked, [line] * 3)
                answers.append(cursor.fetchone())
    assert answers[: len(lines)] == answers[len(lines) :]
    assert answers[0][0] == "привет мир"


@contextmanager
def other_database(ctype: str) -> Iterator[Any]:
    url = os.environ["DATABASE_URL_UNPOOLED"] or os.environ["DATABASE_URL"]
    name = f"letters_{uuid.uuid4().hex}"
    with closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        server.cursor().execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{ctype}'"
        )
        try:
            with closing(psycopg2.connect(url, dbname=name)) as connection, connection.cursor() as cursor:
                yield cursor
        finally:
            server.cursor().execute(f"DROP DATABASE {name}")
