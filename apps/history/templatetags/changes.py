"""Changes in templates."""

from django import template

from apps.history import diffs
from apps.history.models import Change

register = template.Library()


@register.filter
def diff(change: Change) -> list[diffs.Line]:
    return diffs.lines_of(change)
