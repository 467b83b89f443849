"""The WSGI callable that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from apps.ops.wsgi import below, with_plain_content_type

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = with_plain_content_type(get_wsgi_application())
application = below(settings.FORCE_SCRIPT_NAME, application)
