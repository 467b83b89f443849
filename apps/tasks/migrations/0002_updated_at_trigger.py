"""Keeps `updated_at`, whoever writes: the API, the admin, a shell, plain SQL."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION tasks_touch_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := statement_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER tasks_task_touched BEFORE UPDATE ON tasks_task
    FOR EACH ROW EXECUTE FUNCTION tasks_touch_task();
"""

BACKWARD = """
DROP TRIGGER tasks_task_touched ON tasks_task;
DROP FUNCTION tasks_touch_task();
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
