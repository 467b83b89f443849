"""Notes every deactivation and erasure in the table of withdrawals, whoever makes it: the admin, a shell, plain SQL."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_note_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Workers look back ten minutes; a day is kept for a person who looks.
    DELETE FROM accounts_withdrawal WHERE withdrawn_at < statement_timestamp() - interval '1 day';
    INSERT INTO accounts_withdrawal (subject, withdrawn_at) VALUES (OLD.subject, statement_timestamp());
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_user_deactivated AFTER UPDATE OF is_active ON accounts_user
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION accounts_note_withdrawal();

CREATE TRIGGER accounts_user_erased AFTER DELETE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_note_withdrawal();
"""

BACKWARD = """
DROP TRIGGER accounts_user_erased ON accounts_user;
DROP TRIGGER accounts_user_deactivated ON accounts_user;
DROP FUNCTION accounts_note_withdrawal();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
