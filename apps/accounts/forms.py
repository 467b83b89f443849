"""Forms of the back office about people."""

from typing import Any, ClassVar

from django import forms
from unfold.forms import UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from apps.accounts.models import User
from apps.backoffice.merging import MergingForm
from apps.values.text import validate_line


class NameMixin:
    """A name, where one is given, can be seen, as in a token."""

    cleaned_data: dict[str, Any]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name:
            validate_line(name)
        return name


class LocalAccountForm(NameMixin, UserCreationForm):
    """A new local account; people of Better Auth appear by their first token."""

    class Meta:
        model = User
        fields = ("login", "name")
        field_classes: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].required = True


class PersonForm(NameMixin, MergingForm, UserChangeForm):
    """unfold tells the link to the password by its colour alone."""

    class Meta(UserChangeForm.Meta):
        model = User
        help_texts: ClassVar[dict[str, str]] = {"subject": "Who their tokens say they are. It never changes."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if password := self.fields.get("password"):
            password.help_text = str(password.help_text).replace(
                'class="text-primary-600 dark:text-primary-500"',
                'class="text-primary-700 underline dark:text-primary-300"',
            )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Kept with the person, and shown to all staff who may see them.",
    )


class ErasureForm(forms.Form):
    """Typed by hand, so that nobody erases by a click the person that they had open."""

    typed = forms.CharField(
        required=False, strip=False, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, phrase: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phrase = phrase
        self.fields["typed"].label = f"To confirm, type: {phrase}"

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed.split() != self.phrase.split():
            raise forms.ValidationError(f"This is not: {self.phrase}")
        return typed


def erasure_phrase(person: User) -> str:
    return f"erase {person.email or person.name or person.subject}"
