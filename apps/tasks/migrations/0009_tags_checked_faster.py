"""What a tag may be, checked by a function that PostgreSQL does not take apart at each statement (30-60 us a write).

In SQL, the planner reads its body to see whether it can stand in the place of its call; with its subqueries it never can.
"""

from django.db import migrations

RULES = r"""
    cardinality(tags) <= 20
    AND array_ndims(tags) = 1
    AND array_position(tags, NULL) IS NULL
    AND NOT EXISTS (
        SELECT FROM unnest(tags) AS tag
        WHERE tag !~ '^[^\u0001-\u001f\u007f-\u009f]{1,50}$' OR tag <> btrim(tag)
    )
    AND (SELECT count(DISTINCT tag) FROM unnest(tags) AS tag) = cardinality(tags)
"""
HEAD = "CREATE OR REPLACE FUNCTION tasks_tags_are_valid(tags text[]) RETURNS boolean"

FORWARD = f"""
{HEAD} LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN {RULES};
END $$;
"""
BACKWARD = f"{HEAD} LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN {RULES};"


class Migration(migrations.Migration):
    dependencies = [("tasks", "0008_tags_by_owner")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
