"""Due time, priority, tags, completion, versions, the trash, and what the changes feed goes by.

Every step takes its lock for a moment alone: no column needs the table rewritten, no constraint reads it yet.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.functions.datetime
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import apps.tasks.expressions

FUNCTIONS = r"""
CREATE FUNCTION tasks_tags_are_valid(tags text[]) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    cardinality(tags) <= 20
    AND array_ndims(tags) = 1
    AND array_position(tags, NULL) IS NULL
    AND NOT EXISTS (
        SELECT FROM unnest(tags) AS tag
        WHERE tag !~ '^[^\u0001-\u001f\u007f-\u009f]{1,50}$' OR tag <> btrim(tag)
    )
    AND (SELECT count(DISTINCT tag) FROM unnest(tags) AS tag) = cardinality(tags);

-- The parser takes addresses, paths and versions for one word each; people look for their parts.
CREATE FUNCTION tasks_without_signs(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    translate(words, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32));

-- No word of the parser holds a blank, so '@ ' and the owner's subject is none. The cost is what taking a text apart
-- costs; a function in SQL would be put in the place of its call, with the lesser costs of its parts.
CREATE FUNCTION tasks_words(title text, description text, owner text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 500 AS $$
BEGIN
    RETURN to_tsvector(
        'pg_catalog.simple',
        translate(title || ' ' || coalesce(description, ''), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32))
    ) || array_to_tsvector(ARRAY['@ ' || owner]);
END $$;

-- Each word by its beginning; nothing matches where there is no word.
CREATE FUNCTION tasks_search_for(words text, owner text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN numnode(plainto_tsquery('simple'::regconfig, tasks_without_signs(words))) = 0 THEN NULL
    ELSE ('''@ ' || replace(replace(owner, '\', '\\'), '''', '''''') || '''')::tsquery
        && replace(plainto_tsquery('simple'::regconfig, tasks_without_signs(words))::text || ' ', ''' ', ''':* ')::tsquery
    END;

CREATE FUNCTION tasks_labels(tags text[], owner text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    array_append(tags, '@ ' || owner);
"""

NO_FUNCTIONS = """
DROP FUNCTION tasks_labels(text[], text);
DROP FUNCTION tasks_search_for(text, text);
DROP FUNCTION tasks_words(text, text, text);
DROP FUNCTION tasks_without_signs(text);
DROP FUNCTION tasks_tags_are_valid(text[]);
"""

# A default that differs from row to row would rewrite the table: what is there already was changed in no transaction.
CHANGED_IN = """
ALTER TABLE tasks_task ADD COLUMN changed_in xid8 NOT NULL DEFAULT '0'::xid8;
ALTER TABLE tasks_task ALTER COLUMN changed_in SET DEFAULT pg_current_xact_id();
"""

NO_CHANGED_IN = "ALTER TABLE tasks_task DROP COLUMN changed_in"


class Migration(migrations.Migration):
    dependencies = [("tasks", "0002_updated_at_trigger")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "epoch",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "floor",
                    apps.tasks.expressions.TransactionIdField(db_default=apps.tasks.expressions.FirstTransactionId()),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.CharField(max_length=255)),
                ("task_id", models.BigIntegerField()),
                (
                    "changed_in",
                    apps.tasks.expressions.TransactionIdField(db_default=apps.tasks.expressions.CurrentTransactionId()),
                ),
                ("deleted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user_id", "changed_in", "task_id"], name="tasks_tombstone_changes"),
                    models.Index(fields=["deleted_at"], name="tasks_tombstone_deleted_at"),
                ]
            },
        ),
        migrations.AddField("task", "completed_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("task", "deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField("task", "due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
        migrations.AddField(
            "task",
            "priority",
            models.SmallIntegerField(
                choices=[(0, "Low"), (1, "Normal"), (2, "High"), (3, "Urgent")], db_default=1, default=1
            ),
        ),
        migrations.AddField(
            "task",
            "tags",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=50), blank=True, db_default=[], default=list, size=20
            ),
        ),
        migrations.AddField("task", "version", models.BigIntegerField(db_default=1, default=1, editable=False)),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CHANGED_IN, NO_CHANGED_IN)],
            state_operations=[
                migrations.AddField(
                    "task",
                    "changed_in",
                    apps.tasks.expressions.TransactionIdField(
                        db_default=apps.tasks.expressions.CurrentTransactionId(), editable=False
                    ),
                )
            ],
        ),
        AddConstraintNotValid(
            "task",
            models.CheckConstraint(
                condition=models.Q(("priority__in", [0, 1, 2, 3])),
                name="tasks_task_priority_known",
                violation_error_message="The priority is low, normal, high or urgent.",
            ),
        ),
        AddConstraintNotValid(
            "task",
            models.CheckConstraint(
                condition=models.Q(("tags", []), apps.tasks.expressions.TagsAreValid("tags"), _connector="OR"),
                name="tasks_task_tags_valid",
                violation_error_message="Tags are up to 20 different words of 1 to 50 characters.",
            ),
        ),
    ]
