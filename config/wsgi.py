"""The WSGI callable that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from apps.ops.wsgi import below, with_plain_content_type, with_whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = with_plain_content_type(with_whole_bodies(get_wsgi_application()))
application = below(settings.FORCE_SCRIPT_NAME, application)
