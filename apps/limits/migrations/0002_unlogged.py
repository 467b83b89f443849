"""Counts need no write-ahead log: a crash may forget them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("limits", "0001_initial")]

    operations = [
        migrations.RunSQL("ALTER TABLE limits_counter SET UNLOGGED", "ALTER TABLE limits_counter SET LOGGED")
    ]
