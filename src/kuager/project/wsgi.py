"""The WSGI application, for any web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuager.project.settings")
application = get_wsgi_application()
