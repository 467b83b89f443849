"""People whose erasure has begun. It cannot be taken back: part of what was theirs is gone."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION accounts_keep_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the erasure of this person has begun: it can only be finished' USING ERRCODE = 'check_violation';
END $$;

-- History lets go of what was of such a person, so nobody may leave this state again.
CREATE TRIGGER accounts_user_erasing BEFORE UPDATE ON accounts_user FOR EACH ROW
    WHEN (OLD.erasing_at IS NOT NULL AND (NEW.erasing_at IS DISTINCT FROM OLD.erasing_at OR NEW.is_active))
    EXECUTE FUNCTION accounts_keep_erasing();

-- For the triggers of other tables: what they would write of such a person would be deleted a moment later.
CREATE FUNCTION accounts_is_being_erased(person text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM accounts_user WHERE subject = person AND erasing_at IS NOT NULL);
END $$;
"""

BACKWARD = """
DROP FUNCTION accounts_is_being_erased(text);
DROP TRIGGER accounts_user_erasing ON accounts_user;
DROP FUNCTION accounts_keep_erasing();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_search_keys")]

    operations = [
        migrations.AddField("user", "erasing_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
