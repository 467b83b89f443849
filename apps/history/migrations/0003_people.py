"""Records every change of a person and of their rights in the back office, whoever makes it."""

from django.conf import settings
from django.db import migrations

FORWARD = """
CREATE FUNCTION history_record_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    note text[];
    before jsonb;
    after jsonb;
BEGIN
    -- A column that holds a secret is recorded as changed, never its value. Each sign-in writes last_login.
    SELECT jsonb_object_agg(name, CASE WHEN secret THEN to_jsonb('hidden'::text) ELSE old_value END)
            FILTER (WHERE TG_OP <> 'INSERT'),
        jsonb_object_agg(name, CASE WHEN secret THEN to_jsonb('hidden'::text) ELSE new_value END)
            FILTER (WHERE TG_OP <> 'DELETE')
        INTO before, after
        FROM (
            SELECT name, name ~ '(password|secret|token|hash)' AS secret,
                to_jsonb(OLD) -> name AS old_value, to_jsonb(NEW) -> name AS new_value
            FROM jsonb_object_keys(coalesce(to_jsonb(NEW), to_jsonb(OLD))) AS name
            WHERE name <> 'last_login'
        ) AS columns
        WHERE coalesce(old_value, 'null') <> coalesce(new_value, 'null');
    IF before IS NULL AND after IS NULL THEN
        RETURN NULL;
    END IF;
    note := string_to_array(split_part(current_query(), '*/', 1), ' ');
    IF note[1] IS DISTINCT FROM '/*history' THEN
        note := NULL;
    END IF;
    INSERT INTO history_change (kind, object_id, operation, source, request_id, actor, owner, before, after)
    VALUES ('person', coalesce(NEW.subject, OLD.subject),
        CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END,
        coalesce(note[2], 'sql'), nullif(note[3], '-'), convert_from(decode(nullif(note[4], '-'), 'hex'), 'UTF8'),
        coalesce(NEW.subject, OLD.subject), before, after);
    RETURN NULL;
END $$;

CREATE TRIGGER history_person_recorded AFTER INSERT OR UPDATE OR DELETE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION history_record_person();
CREATE TRIGGER history_person_no_truncate BEFORE TRUNCATE ON accounts_user
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();

-- A group that a person joins or leaves, a right that they are given or lose: TG_ARGV says which.
CREATE FUNCTION history_record_right() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    note text[];
    named jsonb;
BEGIN
    IF TG_ARGV[0] = 'groups' THEN
        SELECT jsonb_build_object('groups', name) INTO named FROM auth_group
        WHERE id = (coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> 'group_id')::int;
    ELSE
        SELECT jsonb_build_object('user_permissions', codename) INTO named FROM auth_permission
        WHERE id = (coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> 'permission_id')::int;
    END IF;
    note := string_to_array(split_part(current_query(), '*/', 1), ' ');
    IF note[1] IS DISTINCT FROM '/*history' THEN
        note := NULL;
    END IF;
    INSERT INTO history_change (kind, object_id, operation, source, request_id, actor, owner, before, after)
    VALUES ('person', coalesce(NEW.user_id, OLD.user_id), 'update', coalesce(note[2], 'sql'), nullif(note[3], '-'),
        convert_from(decode(nullif(note[4], '-'), 'hex'), 'UTF8'), coalesce(NEW.user_id, OLD.user_id),
        CASE WHEN TG_OP = 'DELETE' THEN named ELSE jsonb_build_object(TG_ARGV[0], NULL) END,
        CASE WHEN TG_OP = 'INSERT' THEN named ELSE jsonb_build_object(TG_ARGV[0], NULL) END);
    RETURN NULL;
END $$;

CREATE TRIGGER history_group_recorded AFTER INSERT OR DELETE ON accounts_user_groups
    FOR EACH ROW EXECUTE FUNCTION history_record_right('groups');
CREATE TRIGGER history_permission_recorded AFTER INSERT OR DELETE ON accounts_user_user_permissions
    FOR EACH ROW EXECUTE FUNCTION history_record_right('user_permissions');
"""

BACKWARD = """
DROP TRIGGER history_permission_recorded ON accounts_user_user_permissions;
DROP TRIGGER history_group_recorded ON accounts_user_groups;
DROP FUNCTION history_record_right();
DROP TRIGGER history_person_no_truncate ON accounts_user;
DROP TRIGGER history_person_recorded ON accounts_user;
DROP FUNCTION history_record_person();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0002_append_only"),
        ("accounts", "0004_session_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
