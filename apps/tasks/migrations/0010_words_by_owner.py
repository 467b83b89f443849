"""A word and its owner are one key of the index: a search costs what the owner has, however many others use its words.

GIN takes all that begins as a word of a search does, everybody's, before it looks whose it is: 0.1 s at ten million tasks.
The code before asks by `tasks_words`, which stays for it; without its index its searches read the tasks one by one, the
back office's all of them.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

# What stands for an owner in a key. Two may share it: who asks looks at the owner as well. It is no function, since none
# of ours may be called where PostgreSQL looks through an index: there, its search path has its own schema alone.
MARK = "'@' || left(encode(sha256(convert_to(owner, 'UTF8')), 'hex'), 8)"

# What is no part of a word, runs of it: by a regular expression, a tenth of the time that translate() takes for a text.
SIGNS = r"""'[]!"#$%&''()*+,./:;<=>?@[\\^_`{|}~-]+'"""


def words_of(text: str) -> str:
    return f"regexp_replace({text}, {SIGNS}, ' ', 'g')"


FORWARD = rf"""
-- Each word alone, for staff, and with its owner's mark. No word has a sign or a line end in it. Of a very long one the
-- beginning is enough, twice as long as any that is searched for: a key holds 2046 bytes. Restricted, since to start workers
-- for it takes longer than the search; the cost is what taking a text apart costs.
CREATE OR REPLACE FUNCTION tasks_word_keys(title text, description text, owner text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL RESTRICTED COST 500 AS $$
DECLARE
    mark text := {MARK};
    words tsvector := to_tsvector('pg_catalog.simple', {words_of("title || ' ' || coalesce(description, '')")});
    keys text := mark || array_to_string(tsvector_to_array(words), E'\n' || mark);
BEGIN
    IF octet_length(keys) > 2000 THEN
        keys := regexp_replace(keys, '((?:[^\n]{{250}}){{2}})[^\n]+', '\1', 'g');
    END IF;
    RETURN words || array_to_tsvector(string_to_array(keys, E'\n'));
END $$;

-- Each word by its beginning; nothing matches where there is no word.
CREATE OR REPLACE FUNCTION tasks_word_keys_sought(words text, owner text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    sought tsquery := plainto_tsquery('pg_catalog.simple', {words_of('words')});
BEGIN
    IF numnode(sought) = 0 THEN
        RETURN NULL;
    END IF;
    RETURN replace(replace(' ' || sought::text || ' ', ' ''', ' ''' || {MARK}), ''' ', ''':* ')::tsquery;
END $$;
"""

BACKWARD = """
DROP FUNCTION tasks_word_keys_sought(text, text);
DROP FUNCTION tasks_word_keys(text, text, text);
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tasks", "0009_tags_checked_faster")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        AddIndexConcurrently(
            "task",
            GinIndex(
                models.Func(
                    "title", "description", "user", function="tasks_word_keys", output_field=SearchVectorField()
                ),
                name="tasks_task_word_keys",
            ),
        ),
        RemoveIndexConcurrently("task", "tasks_task_words"),
    ]
