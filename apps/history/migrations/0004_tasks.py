"""Records every change of a task, whoever makes it. Written column by column: for the API's sake."""

from django.db import migrations

# What is left out follows from these: updated_at, completed_at, version, changed_in.
COLUMNS = ("title", "description", "status", "priority", "due_at", "tags", "user_id", "created_at", "deleted_at")

COMPARISONS = "\n".join(
    f"""        IF NEW.{name} IS DISTINCT FROM OLD.{name} THEN
            before := before || jsonb_build_object('{name}', OLD.{name});
            after := after || jsonb_build_object('{name}', NEW.{name});
        END IF;"""
    for name in COLUMNS
)


def row(side: str) -> str:
    return "jsonb_strip_nulls(jsonb_build_object(" + ", ".join(f"'{name}', {side}.{name}" for name in COLUMNS) + "))"


FORWARD = f"""
CREATE FUNCTION history_record_task() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    note text[];
    before jsonb;
    after jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := '{{}}';
        after := '{{}}';
{COMPARISONS}
        IF before = '{{}}' THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'INSERT' THEN
        after := {row("NEW")};
    ELSE
        before := {row("OLD")};
    END IF;
    note := string_to_array(split_part(current_query(), '*/', 1), ' ');
    IF note[1] IS DISTINCT FROM '/*history' THEN
        note := NULL;
    END IF;
    INSERT INTO history_change (kind, object_id, operation, source, request_id, actor, owner, before, after)
    VALUES ('task', coalesce(NEW.id, OLD.id)::text,
        CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END,
        coalesce(note[2], 'sql'), nullif(note[3], '-'), convert_from(decode(nullif(note[4], '-'), 'hex'), 'UTF8'),
        coalesce(NEW.user_id, OLD.user_id), before, after);
    RETURN NULL;
END $$;

CREATE TRIGGER history_task_recorded AFTER INSERT OR UPDATE OR DELETE ON tasks_task
    FOR EACH ROW EXECUTE FUNCTION history_record_task();
CREATE TRIGGER history_task_no_truncate BEFORE TRUNCATE ON tasks_task
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();
"""

BACKWARD = """
DROP TRIGGER history_task_no_truncate ON tasks_task;
DROP TRIGGER history_task_recorded ON tasks_task;
DROP FUNCTION history_record_task();
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0003_people"), ("tasks", "0005_task_indexes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
