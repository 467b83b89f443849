"""People found whatever the case, accents and script of their names, in any locale of the database.

The code before searches by `accounts_search_words`, which stays for it; without its index it reads all people.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from apps.values.folding import FOLD, SPLIT, SPLIT_SOUGHT, VARIABLES

# Spaces and line ends that are left after folding: a word as people write it, such as an address, ends there.
SPACES = r"[\u0009-\u000d\u001c-\u0020\u0085\u1680\u2028\u2029\u2800]+"
# Of a very long word the beginning is enough: a lexeme holds 2046 bytes.
CUT = r"regexp_replace({}, '((?:[^ ]{{250}}){{2}})[^ ]+', '\1', 'g')"

FORWARD = rf"""
-- Whole words, so that an address is found as it is written, and their parts: "ada@example.com", "ada", "example", "com".
-- Told the cost, the planner asks the index and never the rows one by one.
CREATE OR REPLACE FUNCTION accounts_search_keys(subject text, email text, name text, login text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 2500 AS $$
DECLARE
    words text COLLATE "C" := subject || ' ' || email || ' ' || name || ' ' || coalesce(login, '');
    whole text COLLATE "C";
    {VARIABLES}
BEGIN
    {FOLD}
    whole := regexp_replace(words, '{SPACES}', ' ', 'g');
    whole := {CUT.format("whole")};
    {SPLIT}
    RETURN array_to_tsvector(array_remove(string_to_array(whole || ' ' || words, ' '), ''));
END $$;

-- Each word by its beginning: as it is written, or one that is not ASCII by all its parts.
CREATE OR REPLACE FUNCTION accounts_search_query(sought text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    words text COLLATE "C" := sought;
    word text COLLATE "C";
    part text COLLATE "C";
    key tsquery;
    parts tsquery;
    asked tsquery;
    {VARIABLES}
BEGIN
    {FOLD}
    words := regexp_replace(words, '{SPACES}', ' ', 'g');
    FOREACH word IN ARRAY array_remove(string_to_array({CUT.format("words")}, ' '), '') LOOP
        key := ('''' || replace(replace(word, '\', '\\'), '''', '''''') || ''':*')::tsquery;
        IF octet_length(word) > length(word) THEN
            words := word;
            pairs := '';
            {SPLIT_SOUGHT}
            parts := NULL;
            FOREACH part IN ARRAY array_remove(string_to_array(words, ' '), '') LOOP
                parts := coalesce(parts && ('''' || part || ''':*')::tsquery, ('''' || part || ''':*')::tsquery);
            END LOOP;
            key := coalesce(key || parts, key);
        END IF;
        asked := coalesce(asked && key, key);
    END LOOP;
    RETURN asked;
END $$;
"""

BACKWARD = """
DROP FUNCTION accounts_search_query(text);
DROP FUNCTION accounts_search_keys(text, text, text, text);
"""


class Migration(migrations.Migration):
    # An index that is built concurrently locks nobody out.
    atomic = False

    dependencies = [("accounts", "0007_search_words")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        AddIndexConcurrently(
            model_name="user",
            index=GinIndex(
                models.Func(
                    "subject",
                    "email",
                    "name",
                    "login",
                    function="accounts_search_keys",
                    output_field=SearchVectorField(),
                ),
                name="accounts_user_search_keys",
            ),
        ),
        RemoveIndexConcurrently(model_name="user", name="accounts_user_search_words"),
    ]
