"""What no Python service on this stack can fall below: a bare WSGI function, one statement an operation, no framework.

It checks the token's signature and answers the seven fields of the first design; nothing else is asked of it.
`python floor.py` makes its table.
"""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import jwt
import orjson
import psycopg2
from psycopg2.extras import RealDictCursor

SECRET = os.environ["BETTER_AUTH_SECRET"]
DATABASE_URL = os.environ["DATABASE_URL"]
TABLE = """
CREATE TABLE task (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title varchar(200) NOT NULL, description varchar(2000),
    status varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'in_progress', 'completed')),
    user_id varchar(255) NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON task (user_id, id);
"""
FIELDS = "id, title, description, status, user_id, created_at, updated_at"
GET = f"SELECT {FIELDS} FROM task WHERE user_id = %s AND id = %s"
LIST = f"SELECT {FIELDS} FROM task WHERE user_id = %s ORDER BY id LIMIT 50"
CREATE = f"INSERT INTO task (user_id, title, description) VALUES (%s, %s, %s) RETURNING {FIELDS}"
UPDATE = f"UPDATE task SET status = %s, updated_at = now() WHERE user_id = %s AND id = %s RETURNING {FIELDS}"

_thread = threading.local()


def rows(sql: str, *parameters: Any) -> list[Any]:
    if not hasattr(_thread, "connection"):
        _thread.connection = psycopg2.connect(DATABASE_URL, cursor_factory=RealDictCursor)
        _thread.connection.autocommit = True
    with _thread.connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def answer(request: dict[str, Any]) -> tuple[str, Any]:
    subject = jwt.decode(request["HTTP_AUTHORIZATION"].removeprefix("Bearer "), SECRET, ["HS256"])["sub"]
    method, task_id = request["REQUEST_METHOD"], request["PATH_INFO"].removeprefix("/api/tasks").strip("/")
    if method == "GET":
        return "200 OK", rows(GET, subject, task_id)[0] if task_id else {"results": rows(LIST, subject)}
    body = orjson.loads(request["wsgi.input"].read(int(request["CONTENT_LENGTH"])))
    if method == "POST":
        return "201 Created", rows(CREATE, subject, body["title"], body["description"])[0]
    return "200 OK", rows(UPDATE, body["status"], subject, task_id)[0]


def application(request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    status, content = ("200 OK", {}) if request["PATH_INFO"] == "/health" else answer(request)
    written = orjson.dumps(content)
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(written)))])
    return [written]


if __name__ == "__main__":
    connection = psycopg2.connect(DATABASE_URL)
    with connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
    connection.close()
