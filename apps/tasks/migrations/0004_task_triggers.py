"""What the table keeps by itself at every write: times, the version, the transaction, and a tombstone behind a row."""

from django.db import migrations

FORWARD = """
-- Before the trigger below, which would count it as a change; the old one would touch `updated_at`.
ALTER TABLE tasks_task DISABLE TRIGGER tasks_task_touched;
UPDATE tasks_task SET completed_at = updated_at WHERE status = 'completed' AND completed_at IS NULL;
ALTER TABLE tasks_task ENABLE TRIGGER tasks_task_touched;

CREATE OR REPLACE FUNCTION tasks_touch_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := statement_timestamp();
    NEW.version := OLD.version + 1;
    NEW.changed_in := pg_current_xact_id();
    NEW.completed_at := CASE
        WHEN NEW.status <> 'completed' THEN NULL
        WHEN OLD.status = 'completed' THEN OLD.completed_at
        ELSE statement_timestamp()
    END;
    RETURN NEW;
END $$;

CREATE FUNCTION tasks_complete_new_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.completed_at := coalesce(NEW.completed_at, statement_timestamp());
    RETURN NEW;
END $$;

CREATE TRIGGER tasks_task_born_completed BEFORE INSERT ON tasks_task
    FOR EACH ROW WHEN (NEW.status = 'completed') EXECUTE FUNCTION tasks_complete_new_task();

CREATE FUNCTION tasks_leave_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tasks_tombstone (user_id, task_id, changed_in, deleted_at)
        SELECT user_id, id, pg_current_xact_id(), statement_timestamp() FROM gone;
    RETURN NULL;
END $$;

CREATE TRIGGER tasks_task_deleted AFTER DELETE ON tasks_task
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION tasks_leave_tombstones();

CREATE FUNCTION tasks_erase_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM tasks_tombstone WHERE user_id IN (SELECT subject FROM gone);
    RETURN NULL;
END $$;

CREATE TRIGGER tasks_owner_erased AFTER DELETE ON accounts_user
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION tasks_erase_tombstones();
"""

BACKWARD = """
DROP TRIGGER tasks_owner_erased ON accounts_user;
DROP FUNCTION tasks_erase_tombstones();
DROP TRIGGER tasks_task_deleted ON tasks_task;
DROP FUNCTION tasks_leave_tombstones();
DROP TRIGGER tasks_task_born_completed ON tasks_task;
DROP FUNCTION tasks_complete_new_task();

CREATE OR REPLACE FUNCTION tasks_touch_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := statement_timestamp();
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_task_fields"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
