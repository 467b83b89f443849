"""The history of a person whose erasure has begun goes in batches, and their tasks leave no more of it behind."""

from django.db import migrations

FORWARD = """
-- As history_erase(person), `most` rows at a time, before the person's record goes. `deleted` were of the person;
-- `renamed` were of others, and lost the name of who made them.
CREATE FUNCTION history_erase_batch(person text, most integer, OUT deleted bigint, OUT renamed bigint)
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM accounts_user WHERE subject = person AND erasing_at IS NULL) THEN
        RAISE EXCEPTION 'only the history of an erased person may be erased' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('history.door', 'open', true);
    DELETE FROM history_change WHERE id IN (
        SELECT id FROM history_change WHERE owner = person ORDER BY at, id LIMIT most);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    UPDATE history_change SET actor = NULL WHERE id IN (
        SELECT id FROM history_change WHERE actor = person AND NOT (source = 'api') ORDER BY at, id
        LIMIT most - deleted);
    GET DIAGNOSTICS renamed = ROW_COUNT;
    PERFORM set_config('history.door', '', true);
END $$;

-- As history_erase(person), behind the batches: `earlier` rows have gone in those.
CREATE FUNCTION history_erase(person text, earlier bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    gone bigint := earlier;
    rest bigint;
    note text[] := string_to_array(split_part(current_query(), '*/', 1), ' ');
BEGIN
    IF EXISTS (SELECT FROM accounts_user WHERE subject = person) THEN
        RAISE EXCEPTION 'only the history of an erased person may be erased' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('history.door', 'open', true);
    DELETE FROM history_change WHERE owner = person;
    GET DIAGNOSTICS rest = ROW_COUNT;
    UPDATE history_change SET actor = NULL WHERE actor = person AND NOT (source = 'api');
    PERFORM set_config('history.door', '', true);
    IF note[1] IS DISTINCT FROM '/*history' THEN
        note := NULL;
    END IF;
    INSERT INTO history_change (kind, object_id, operation, source, request_id, actor, after)
    VALUES ('person', '', 'erase', coalesce(note[2], 'sql'), nullif(note[3], '-'),
        convert_from(decode(nullif(note[4], '-'), 'hex'), 'UTF8'), jsonb_build_object('rows', gone + rest));
    RETURN gone + rest;
END $$;

CREATE OR REPLACE TRIGGER history_task_recorded AFTER INSERT OR UPDATE ON tasks_task
    FOR EACH ROW EXECUTE FUNCTION history_record_task();
CREATE TRIGGER history_task_deletion_recorded AFTER DELETE ON tasks_task
    FOR EACH ROW WHEN (NOT accounts_is_being_erased(OLD.user_id)) EXECUTE FUNCTION history_record_task();
"""

BACKWARD = """
DROP TRIGGER history_task_deletion_recorded ON tasks_task;
CREATE OR REPLACE TRIGGER history_task_recorded AFTER INSERT OR UPDATE OR DELETE ON tasks_task
    FOR EACH ROW EXECUTE FUNCTION history_record_task();
DROP FUNCTION history_erase(text, bigint);
DROP FUNCTION history_erase_batch(text, integer);
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0004_tasks"), ("accounts", "0009_erasing")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
