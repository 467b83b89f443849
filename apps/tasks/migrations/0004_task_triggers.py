"""What the table keeps by itself at every write: times, the version, the transaction, and a tombstone behind a row."""

from django.db import migrations

FORWARD = """
-- Not where a task that was completed before is only told since when: that is no change of it.
DROP TRIGGER tasks_task_touched ON tasks_task;
CREATE TRIGGER tasks_task_touched BEFORE UPDATE ON tasks_task FOR EACH ROW
    WHEN (NOT (OLD.status = 'completed' AND OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL))
    EXECUTE FUNCTION tasks_touch_task();

CREATE OR REPLACE FUNCTION tasks_touch_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := statement_timestamp();
    NEW.version := OLD.version + 1;
    NEW.changed_in := pg_current_xact_id();
    NEW.completed_at := CASE
        WHEN NEW.status <> 'completed' THEN NULL
        WHEN OLD.status = 'completed' THEN coalesce(OLD.completed_at, OLD.updated_at)
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
DROP TRIGGER tasks_task_touched ON tasks_task;
CREATE TRIGGER tasks_task_touched BEFORE UPDATE ON tasks_task FOR EACH ROW EXECUTE FUNCTION tasks_touch_task();
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
