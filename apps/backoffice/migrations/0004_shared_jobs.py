"""Jobs that any colleague may go on with, and an index for the entries of the log about one row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS backoffice_log_object ON django_admin_log (content_type_id, object_id)
"""
BACKWARD = "DROP INDEX CONCURRENTLY IF EXISTS backoffice_log_object"


class Migration(migrations.Migration):
    # An index that is built concurrently locks nobody out.
    atomic = False

    dependencies = [
        ("backoffice", "0003_append_only_log"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # By hand: Django would take the foreign key off and put it on again, which reads the table.
        migrations.RunSQL(
            "ALTER TABLE backoffice_job ALTER COLUMN owner_id DROP NOT NULL",
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    "job",
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
