"""Fields of forms in which staff edit tasks: what a browser does to text must not look like a change."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.backoffice.time_fields import LocalTimeField
from apps.tasks.models import LONGEST_TAG, MOST_TAGS
from apps.values import times
from apps.values.text import composed, validate_line

LINE_END = re.compile(r"\r\n|\r|\n")


class TextArea(UnfoldAdminTextareaWidget):
    # A browser drops a line end right behind <textarea>. Django's own template gives it one to drop.
    template_name = "django/forms/widgets/textarea.html"


class TextField(forms.CharField):
    """Text of several lines, as the API keeps it. A browser sends every line end as CRLF, changed or not."""

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        return text and text.replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(initial), data)


class TagLine(forms.CharField):
    default_validators = [validate_line]

    def to_python(self, value: Any) -> str:
        return composed(super().to_python(value) or "")


class TagsField(SimpleArrayField):
    """One tag a line, since a tag may hold a comma and never a line end."""

    def __init__(self, **kwargs: Any) -> None:
        for replaced in ("base_field", "max_length", "delimiter"):
            kwargs.pop(replaced, None)
        kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        super().__init__(TagLine(max_length=LONGEST_TAG), delimiter="\n", max_length=MOST_TAGS, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            # A tag may hold what str.splitlines takes for a line end too, such as U+2028.
            value = "\n".join(line.strip() for line in LINE_END.split(value) if line.strip())
        return list(dict.fromkeys(super().to_python(value)))


class DueField(LocalTimeField):
    """A due time, typed in the zone of the person who looks."""

    def compress(self, data_list: Any) -> datetime | None:
        due = super().compress(data_list)
        try:
            return due and times.writable(due)
        except times.NotATime as error:
            raise forms.ValidationError(str(error)) from None
