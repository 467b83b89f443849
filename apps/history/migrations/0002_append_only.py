"""History only grows. Two functions may take from it: one what has served its time, one what was of an erased person."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('history.door', true) = 'open' AND TG_OP <> 'TRUNCATE' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of % is refused: history only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'See history_purge() and history_erase().';
END $$;

CREATE TRIGGER history_change_append_only BEFORE UPDATE OR DELETE ON history_change
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();
CREATE TRIGGER history_change_no_truncate BEFORE TRUNCATE ON history_change
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();

-- Each opens the door for itself and shuts it behind itself; a failure in between takes the setting back. Not by SET at
-- the function, which an ordinary role may not do for a setting of our own.
CREATE FUNCTION history_purge(keep_days integer, most integer) RETURNS bigint
    LANGUAGE plpgsql AS $$
DECLARE
    gone bigint;
BEGIN
    IF keep_days < 7 THEN
        RAISE EXCEPTION 'history is kept for seven days at least' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM set_config('history.door', 'open', true);
    DELETE FROM history_change WHERE id IN (
        SELECT id FROM history_change WHERE at < statement_timestamp() - make_interval(days => keep_days)
        ORDER BY at LIMIT most);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('history.door', '', true);
    RETURN gone;
END $$;

CREATE FUNCTION history_erase(person text) RETURNS bigint
    LANGUAGE plpgsql AS $$
DECLARE
    gone bigint;
    note text[] := string_to_array(split_part(current_query(), '*/', 1), ' ');
BEGIN
    IF EXISTS (SELECT FROM accounts_user WHERE subject = person) THEN
        RAISE EXCEPTION 'only the history of an erased person may be erased' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('history.door', 'open', true);
    DELETE FROM history_change WHERE owner = person;
    GET DIAGNOSTICS gone = ROW_COUNT;
    UPDATE history_change SET actor = NULL WHERE actor = person AND NOT (source = 'api');
    PERFORM set_config('history.door', '', true);
    IF note[1] IS DISTINCT FROM '/*history' THEN
        note := NULL;
    END IF;
    INSERT INTO history_change (kind, object_id, operation, source, request_id, actor, after)
    VALUES ('person', '', 'erase', coalesce(note[2], 'sql'), nullif(note[3], '-'),
        convert_from(decode(nullif(note[4], '-'), 'hex'), 'UTF8'), jsonb_build_object('rows', gone));
    RETURN gone;
END $$;
"""

BACKWARD = """
DROP FUNCTION history_erase(text);
DROP FUNCTION history_purge(integer, integer);
DROP TRIGGER history_change_no_truncate ON history_change;
DROP TRIGGER history_change_append_only ON history_change;
DROP FUNCTION history_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
