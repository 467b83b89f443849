"""A tag and its owner are one key of the index: a rare tag of somebody with a million tasks is one look.

The code before asks by `tasks_labels`, which stays for it; without its index the API reads the owner's tasks one by one,
and the back office's filter by a tag all tasks.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from apps.tasks.expressions import TagKeys

FORWARD = r"""
-- Each tag alone, and with its owner. No tag holds a control character, so none is taken for the pair. In plpgsql: in
-- SQL it cost each write 10 us more.
CREATE OR REPLACE FUNCTION tasks_tag_keys(tags text[], owner text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    keys text[] := tags;
    tag text;
BEGIN
    FOREACH tag IN ARRAY tags LOOP
        keys := keys || (tag || E'\x1f' || owner);
    END LOOP;
    RETURN keys;
END $$;
"""

BACKWARD = "DROP FUNCTION tasks_tag_keys(text[], text);"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tasks", "0007_search_in_one_process")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        AddIndexConcurrently("task", GinIndex(TagKeys("tags", "user"), name="tasks_task_tags")),
        RemoveIndexConcurrently("task", "tasks_task_labels"),
    ]
