"""Forms that show what a row holds, also where it is not among the choices."""

from typing import Any

from django import forms

from apps.backoffice.merging import MergingForm


class StoredChoicesForm(MergingForm):
    """Otherwise a browser would choose the first value instead, and saving would write it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            stored = getattr(self.instance, name, None) if self.instance.pk else None
            if isinstance(field, forms.TypedChoiceField) and stored is not None and not field.valid_value(stored):
                choices: Any = field.choices
                field.choices = [(stored, f"{stored} (not a known value)"), *choices]
