"""How text is compared, in Python and in SQL: letters without case and marks. And which words are in it, in SQL.

PostgreSQL's own lower() and text search parser depend on the locale of a database, and not every server has ICU or
`unaccent`. The SQL is repeated in each function that uses it: PostgreSQL finds no function of ours while it maintains
an index, since its search path then has no schema but its own.
"""

import re
import unicodedata

from apps.values.letters import COMPOSING, FOLDS, INVISIBLE, MARKS, SIGNS, SPELLED, SYMBOLS, UNSPACED

_FOLDED = {
    chr(letter): chr(letter + distance)
    for first, last, step, distance in FOLDS
    for letter in range(first, last + 1, step)
}
_TABLE = str.maketrans({**{chr(letter): chr(letter + 32) for letter in range(65, 91)}, **_FOLDED, **SPELLED})
_SYMBOL = re.compile(f"[{SYMBOLS}]")
_IGNORED = re.compile(f"[{INVISIBLE}{MARKS}]+")


def folded(text: str) -> str:
    """The same for texts that differ only in case, in marks such as accents, or in what is not seen."""
    if text.isascii():
        return text.lower()
    text = _IGNORED.sub("", unicodedata.normalize("NFKD", text)).translate(_TABLE)
    return unicodedata.normalize("NFC", text)


def searchable_words(text: str) -> list[str]:
    """Those with a letter, a digit or a symbol in them; a sign alone is no word."""
    return [word for word in text.split() if any(map(_is_searchable, word))]


def _is_searchable(character: str) -> bool:
    """A letter, mark, number or symbol such as an emoji; not a sign of ASCII, punctuation or a space."""
    return unicodedata.category(character)[0] in "LMN" or bool(_SYMBOL.fullmatch(character))


# Statements of PL/pgSQL that fold the variable `words`; they need the variables `letters` and `letter`. Few different
# letters of a text need the table, so it is asked once for each: translate() would go through it for every character.
FOLD = rf"""
    IF octet_length(words) > length(words) THEN
        words := regexp_replace(normalize(words, NFKD), '[{INVISIBLE}{MARKS}]+', '', 'g');
        IF octet_length(words) > length(words) THEN
            letters := regexp_replace(words, '[^{"".join([*_FOLDED, *SPELLED])}]+', '', 'g');
            WHILE letters <> '' LOOP
                letter := left(letters, 1);
                letters := replace(letters, letter, '');
                words := replace(words, letter, CASE letter
                    {" ".join(f"WHEN '{each}' THEN '{spelled}'" for each, spelled in SPELLED.items())}
                    ELSE translate(letter, '{"".join(_FOLDED)}', '{"".join(_FOLDED.values()).replace("'", "''")}') END);
            END LOOP;
            IF words ~ '[{COMPOSING}]' THEN
                words := normalize(words, NFC);
            END IF;
        END IF;
    END IF;
    words := lower(words);
"""
VARIABLES = """
    letters text COLLATE "C";
    letter text COLLATE "C";
    pairs text COLLATE "C" := '';
"""
# All of ASCII that is no letter, digit or space.
_ASCII_SIGNS = r"\u0001-\u001f!-/:-@\[-`{-\u007f"
_FLAG = r"[\U0001f1e6-\U0001f1ff]{2}"
# Of a very long word the beginning is enough: a lexeme holds 2046 bytes.
_LONG_WORD = r"((?:[^ ]{250}){2})[^ ]+"


def _split(pairs: str) -> str:
    return rf"""
    IF octet_length(words) = length(words) THEN
        words := regexp_replace(words, '[{_ASCII_SIGNS}]+', ' ', 'g');
    ELSE
        IF words ~ '[{UNSPACED}]' THEN
            {pairs}
            words := regexp_replace(words, '[{UNSPACED}]+', ' ', 'g');
        END IF;
        IF words ~ '[{SYMBOLS}]' THEN
            words := regexp_replace(words, '{_FLAG}|[{SYMBOLS}]', ' \& ', 'g');
        END IF;
        words := regexp_replace(words, '[{_ASCII_SIGNS}{SIGNS}]+', ' ', 'g') || pairs;
    END IF;
    IF octet_length(words) > 2000 THEN
        words := regexp_replace(words, '{_LONG_WORD}', '\1', 'g');
    END IF;
"""


# Statements that put spaces between the words of the folded variable `words`. In scripts without spaces a word is each
# letter with the one behind it, and the last one alone, so that each part of a sentence begins with a word.
SPLIT = _split(rf"""
            letters := regexp_replace(words, '[^{UNSPACED}]+', ' ', 'g');
            SELECT string_agg(first || second, ' ') INTO pairs
                FROM unnest(string_to_array(letters, NULL), string_to_array(substr(letters, 2) || ' ', NULL))
                AS pair (first, second) WHERE first <> ' ';
            pairs := ' ' || pairs;
""")  # noqa: S608 - no value of a caller's
# The same of what is looked for: all its pairs, and a letter alone only where it stands alone.
SPLIT_SOUGHT = _split(rf"""
            letters := regexp_replace(words, '[^{UNSPACED}]+', ' ', 'g');
            pairs := ' ' || regexp_replace(letters, '(?<=[^ ])[^ ](?=[^ ])', '\& \&', 'g');
""")
