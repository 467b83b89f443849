"""Times in templates."""

from django import template

from apps.backoffice.times import ago, moment

register = template.Library()
register.filter("moment", moment)
register.filter("ago", ago)
