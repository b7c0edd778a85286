"""The WSGI application that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from core.web.guard import guarded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.conf.settings")

application = guarded(get_wsgi_application())
