"""What the task endpoints share in the schema: examples, headers and sentences."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

TASK = OpenApiExample(
    "A task",
    response_only=True,
    status_codes=["200", "201"],
    value={
        "id": 42,
        "title": "Write the quarterly report",
        "description": "Figures from finance, words from us.",
        "status": "pending",
        "priority": "high",
        "due_at": "2026-02-06T12:00:00Z",
        "tags": ["finance", "quarterly"],
        "completed_at": None,
        "user_id": "alice",
        "created_at": "2026-01-31T09:30:00.123456Z",
        "updated_at": "2026-01-31T09:30:00.123456Z",
        "version": 1,
    },
)
NEW = OpenApiExample(
    "A new task",
    request_only=True,
    value={
        "title": "Write the quarterly report",
        "description": "Figures from finance, words from us.",
        "priority": "high",
        "due_at": "2026-02-06T13:00:00+01:00",
        "tags": ["finance", "quarterly"],
    },
)
DONE = OpenApiExample("Done", request_only=True, value={"status": "completed"})
NO_CHANGE = " What changes nothing leaves `version` and `updated_at` as they are."
BODY_RULE = (
    " A field that only the server sets (`id`, `user_id`, `version`, the timestamps) may be sent back unchanged or be"
    " left out; any other unknown field is a 422 that names it."
)
NEW_RULE = (
    " What only the server sets is left out: `id`, `version` and the timestamps are a 422, and `user_id` may only be"
    " the caller's own. An unknown field is a 422 that names it."
)
NO_CONDITION = " There is no ETag here: `If-Match` and `If-None-Match` are a 422 that names the header."


def sent(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)


def answered(name: str, description: str, *statuses: int) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, response=[*statuses], description=description)


LOCATION = answered("Location", "The task's address.", 201, 204)
ETAG = answered("ETag", "The task's version, in quotes.", 200, 201, 204, 304, 412)
# The answer to a deletion has none.
ETAG_OF_REFUSAL = answered("ETag", "The task's version, in quotes.", 412)
APPLIED = answered("Preference-Applied", "`return=minimal` where the body was left out.", 204)
REPLAYED = answered("Idempotency-Replayed", "`true` where this answer was given before.", 200, 201, 204)
IF_MATCH = sent("If-Match", "The ETag that the task must have; 412 where it has changed meanwhile.")
IF_NONE_MATCH = sent("If-None-Match", "The ETag of the copy at hand; 304 where that is still good.")
PREFER = sent("Prefer", "`return=minimal` leaves the body of the answer out: it is a 204 then.")
MINIMAL = OpenApiResponse(description="Done; the body was left out, as `Prefer: return=minimal` asked")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    pattern=r'^("([ !#-\[\]-~]|\\["\\]){1,255}"|[!#-~]{1,255})$',
    description="A string of your own for this request, of 1 to 255 printable ASCII characters. It may stand in quotes"
    ' (RFC 9651, section 3.3.3): `"7f9c"` and `7f9c` are the same key, and a space needs the quotes. Sent again within'
    " 24 hours, the first answer comes back with `Idempotency-Replayed: true`; another request under the same key is a"
    " 422, and one still running a 409. The same JSON written in another way is the same request.",
)
NOT_MODIFIED = OpenApiResponse(description="The copy at hand is still good")
