"""The log of what staff did only grows, as history does. An erasure may take names off it, and nothing puts others there."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION backoffice_keep_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- What an erasure does: a pseudonym in place of a subject, "Erased person" of a name, no more behind a colon.
        IF NEW.id = OLD.id AND NEW.action_time = OLD.action_time AND NEW.action_flag = OLD.action_flag
            AND (NEW.user_id = OLD.user_id OR NEW.user_id LIKE 'erased:%')
            AND (NEW.object_id IS NOT DISTINCT FROM OLD.object_id OR NEW.object_id LIKE 'erased:%')
            AND (NEW.object_repr = OLD.object_repr OR NEW.object_repr LIKE 'Erased %')
            AND (NEW.change_message = OLD.change_message OR right(NEW.change_message, 1) = '.'
                AND starts_with(OLD.change_message, left(NEW.change_message, -1) || ': '))
            -- Its model went.
            AND (NEW.content_type_id IS NOT DISTINCT FROM OLD.content_type_id OR NEW.content_type_id IS NULL)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: the log of staff only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'The erasure of a person takes their name off it.';
END $$;

-- By row: whoever deletes a person asks for their entries, and mostly there are none.
CREATE TRIGGER backoffice_log_append_only BEFORE UPDATE OR DELETE ON django_admin_log
    FOR EACH ROW EXECUTE FUNCTION backoffice_keep_log();
CREATE TRIGGER backoffice_log_no_truncate BEFORE TRUNCATE ON django_admin_log
    FOR EACH STATEMENT EXECUTE FUNCTION backoffice_keep_log();
"""

BACKWARD = """
DROP TRIGGER backoffice_log_no_truncate ON django_admin_log;
DROP TRIGGER backoffice_log_append_only ON django_admin_log;
DROP FUNCTION backoffice_keep_log();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0002_job_report"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
