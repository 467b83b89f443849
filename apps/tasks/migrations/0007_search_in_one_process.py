"""A search that asks its index finds its page in a millisecond; to start parallel workers for it took twenty."""

from django.db import migrations

WORDS = "FUNCTION tasks_words(text, text, text)"


class Migration(migrations.Migration):
    dependencies = [("tasks", "0006_back_office")]

    operations = [migrations.RunSQL(f"ALTER {WORDS} PARALLEL RESTRICTED", f"ALTER {WORDS} PARALLEL SAFE")]
