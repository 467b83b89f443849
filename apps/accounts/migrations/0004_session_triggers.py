"""A changed password ends every session of its person, and an ended session is noted for every worker."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_end_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts_session SET ended_at = statement_timestamp() WHERE user_id = NEW.subject AND ended_at IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_user_password_changed AFTER UPDATE OF password ON accounts_user
    FOR EACH ROW WHEN (OLD.password IS DISTINCT FROM NEW.password) EXECUTE FUNCTION accounts_end_sessions();

CREATE FUNCTION accounts_note_ended_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_withdrawal (subject, withdrawn_at) VALUES (NEW.user_id, statement_timestamp());
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_session_ended AFTER UPDATE OF ended_at ON accounts_session
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION accounts_note_ended_session();
"""

BACKWARD = """
DROP TRIGGER accounts_session_ended ON accounts_session;
DROP FUNCTION accounts_note_ended_session();
DROP TRIGGER accounts_user_password_changed ON accounts_user;
DROP FUNCTION accounts_end_sessions();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_session")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
