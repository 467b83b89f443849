"""Words found, and titles in order, whatever the case, accents and script, and in any locale of the database.

The code before searches by `tasks_word_keys`, which stays for it; without its index its searches read the tasks one by
one, the back office's all of them. Its order by title is sorted, without an index.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from apps.tasks.expressions import OwnNumber, SortKey
from apps.values.folding import FOLD, SPLIT, SPLIT_SOUGHT, VARIABLES

# What stands for an owner in a key, as in migration 0010.
MARK = "'@' || left(encode(sha256(convert_to(owner, 'UTF8')), 'hex'), 8)"

FORWARD = rf"""
-- Each word alone, for staff, and with its owner's mark. No word has a sign in it. Restricted, since to start workers for
-- it takes longer than the search; the cost is what taking a text apart costs.
CREATE OR REPLACE FUNCTION tasks_search_keys(title text, description text, owner text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL RESTRICTED COST 500 AS $$
DECLARE
    words text COLLATE "C" := title || ' ' || coalesce(description, '');
    mark text COLLATE "C" := {MARK};
    {VARIABLES}
BEGIN
    {FOLD}
    {SPLIT}
    words := words || ' ' || mark || replace(words, ' ', ' ' || mark);
    RETURN array_to_tsvector(array_remove(array_remove(string_to_array(words, ' '), ''), mark));
END $$;

-- Each word by its beginning, with its owner's mark, and alone where there is no owner. Nothing matches where there is no
-- word.
CREATE OR REPLACE FUNCTION tasks_search_query(sought text, owner text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    words text COLLATE "C" := sought;
    mark text COLLATE "C" := coalesce({MARK}, '');
    keys text[] COLLATE "C";
    {VARIABLES}
BEGIN
    {FOLD}
    {SPLIT_SOUGHT}
    keys := array_remove(string_to_array(words, ' '), '');
    IF cardinality(keys) = 0 THEN
        RETURN NULL;
    END IF;
    RETURN ('''' || mark || array_to_string(keys, ''':* & ''' || mark) || ''':*')::tsquery;
END $$;

-- The beginning is enough: an entry of a B-tree holds 2704 bytes, and equal ones are ordered by their ids.
CREATE OR REPLACE FUNCTION tasks_sort_key(line text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    words text COLLATE "C" := line;
    {VARIABLES}
BEGIN
    {FOLD}
    RETURN left(words, 200);
END $$;
"""

BACKWARD = """
DROP FUNCTION tasks_sort_key(text);
DROP FUNCTION tasks_search_query(text, text);
DROP FUNCTION tasks_search_keys(text, text, text);
"""
ALIVE = models.Q(deleted_at__isnull=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tasks", "0012_due_at_validated")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        AddIndexConcurrently(
            "task",
            GinIndex(
                models.Func(
                    "title", "description", "user", function="tasks_search_keys", output_field=SearchVectorField()
                ),
                name="tasks_task_search_keys",
            ),
        ),
        RemoveIndexConcurrently("task", "tasks_task_word_keys"),
        AddIndexConcurrently(
            "task",
            models.Index(
                models.F("user"),
                SortKey("title"),
                OwnNumber("id"),
                name="tasks_task_by_folded_title",
                condition=ALIVE,
            ),
        ),
        RemoveIndexConcurrently("task", "tasks_task_by_title"),
    ]
