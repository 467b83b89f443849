"""Tasks of a person whose erasure has begun leave no tombstone: nobody follows the changes of that person any more."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION tasks_leave_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tasks_tombstone (user_id, task_id, changed_in, deleted_at)
        SELECT user_id, id, pg_current_xact_id(), statement_timestamp() FROM gone{condition};
    RETURN NULL;
END $$;
"""

FORWARD = FUNCTION.format(condition=" WHERE NOT accounts_is_being_erased(user_id)")
BACKWARD = FUNCTION.format(condition="")


class Migration(migrations.Migration):
    dependencies = [("tasks", "0014_visible_titles"), ("accounts", "0009_erasing")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
