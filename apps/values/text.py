"""What text is accepted, and in which form it is kept: the same for the API, forms, imports and tokens."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from apps.values.letters import INVISIBLE

# As both Python and PostgreSQL read them. Control characters are C0, DEL and C1; Django itself refuses a NUL.
CONTROLS = r"\u0001-\u001f\u007f-\u009f"
# What nobody sees: spaces, format characters, and the signs that are drawn as nothing.
UNSEEN = (
    rf"{CONTROLS} \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\ufff9-\ufffb"
    rf"{INVISIBLE}\U00013430-\U00013438\U0001d159"
)
UNSEEN_BMP = re.sub(r"\\U[0-9a-f]{8}(-\\U[0-9a-f]{8})?", "", UNSEEN)
# The rule of a line for a JSON schema, whose readers know no character beyond U+FFFF. What is all such characters is
# refused without it.
LINE = rf"^[^\x00{CONTROLS}]*[^\x00{UNSEEN_BMP}][^\x00{CONTROLS}]*$"
_CONTROL = re.compile(f"[{CONTROLS}]")
_SEEN = re.compile(f"[^{UNSEEN}]")
# Embeddings, overrides and isolates: they turn the direction of what stands behind them on a page.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Halves of a surrogate pair, line and paragraph separators, and the two characters that no XML document may hold.
_NO_NAME = re.compile(r"[\x00\ud800-\udfff\u2028\u2029\ufffe\uffff]")

BLANK = "This has no character that can be seen. Write at least one."
CONTROL = "This holds a control character, such as a tab or a line end. Leave it out, or write a space in its place."


def validate_line(text: str) -> None:
    """Of a title or a tag. Raises ValidationError with the code `control` or `blank`."""
    if text.isascii() and text.isprintable() and text.strip():
        return
    if _CONTROL.search(text):
        raise ValidationError(CONTROL, "control")
    if not _SEEN.search(text):
        raise ValidationError(BLANK, "blank")


def composed(text: str) -> str:
    """Unicode's NFC: two texts that differ only in how their letters are put together become one."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def name_in(text: str) -> str | None:
    """A name or an address as a token has it, without characters that turn the direction of text.

    None where it can be no name: it holds control characters, half a surrogate pair, or nothing that can be seen.
    """
    if text.isascii() and text.isprintable() and text.strip():
        return text
    text = _TURNING.sub("", text)
    if _CONTROL.search(text) or _NO_NAME.search(text) or not _SEEN.search(text):
        return None
    return text
