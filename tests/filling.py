"""A back office full of rows, for plans and figures: written by the server itself, past triggers and history."""

from django.db import connection, transaction

# For the transaction that fills tables: on a busy machine that takes longer than a statement of a request may.
UNHURRIED = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
PEOPLE = """
INSERT INTO accounts_user (subject, password, is_superuser, email, name, is_staff, is_active)
SELECT 'person-' || n, '!', false, 'person' || n || '@example.com',
    (ARRAY['Ada','Grace','Alan','Edsger','Barbara','Donald','Tony','Leslie'])[1 + n %% 8] || ' '
    || (ARRAY['Berg','Costa','Diaz','Evans','Fischer','Garcia','Haas','Ivanov','Jansen','Kim'])[1 + n %% 10] || n,
    false, n %% 50 <> 0
FROM generate_series(1, %s) AS n
"""

# A year of tasks: seven in ten completed, one in twenty urgent, one in a hundred in the trash.
TASKS = """
INSERT INTO tasks_task (title, description, status, priority, due_at, tags, user_id, created_at, updated_at,
    completed_at, deleted_at)
SELECT (ARRAY['Write','Read','Call','Fix','Plan','Buy','Water','Check'])[1 + n %% 8] || ' the '
    || (ARRAY['report','letter','client','door','trip','milk','plants','figures','minutes'])[1 + n %% 9] || ' ' || n,
    'Number ' || n, kind, CASE WHEN n %% 20 = 3 THEN 3 WHEN n %% 20 < 3 THEN 2 ELSE 1 END,
    CASE WHEN n %% 4 = 0 THEN created + interval '40 days' END,
    CASE WHEN n %% 50 = 0 THEN ARRAY['home'] ELSE '{}'::text[] END,
    'person-' || (1 + (n::bigint * 7919) %% %s), created, created,
    CASE WHEN kind = 'completed' THEN created + interval '3 days' END, CASE WHEN n %% 100 = 50 THEN created END
FROM (
    SELECT n, CASE WHEN n %% 10 < 7 THEN 'completed' WHEN n %% 10 < 9 THEN 'pending' ELSE 'in_progress' END AS kind,
        statement_timestamp() - interval '365 days' * (1 - n::float / %s) AS created
    FROM generate_series(1, %s) AS n
) AS rows
"""

CHANGES = """
INSERT INTO history_change (at, kind, object_id, operation, source, actor, owner, request_id, before, after)
SELECT statement_timestamp() - interval '365 days' * (1 - n::float / %s),
    CASE WHEN n %% 200 = 0 THEN 'person' ELSE 'task' END, (1 + n %% 300000)::text,
    CASE WHEN n %% 3 = 0 THEN 'create' WHEN n %% 1000 = 1 THEN 'delete' ELSE 'update' END,
    CASE WHEN n %% 100 = 0 THEN 'admin' ELSE 'api' END,
    CASE WHEN n %% 100 = 0 THEN 'staff-' || n %% 7 ELSE 'person-' || n %% 50000 END, 'person-' || n %% 50000,
    md5(n::text), '{"status": "pending"}', '{"status": "completed"}'
FROM generate_series(1, %s) AS n
"""


def fill(people: int, tasks: int, changes: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNHURRIED)
        for table in ("accounts_user", "tasks_task"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(PEOPLE, [people])
        cursor.execute(TASKS, [people, tasks, tasks])
        cursor.execute(CHANGES, [changes, changes])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("accounts_user", "tasks_task"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    refresh_statistics()


def refresh_statistics() -> None:
    with connection.cursor() as cursor:
        for table in ("accounts_user", "tasks_task", "history_change"):
            cursor.execute(f"ANALYZE {table}")
